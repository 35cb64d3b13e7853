import { callsOf } from '../evidence.ts';
import type { Shape } from '../probe/canary.ts';
import {
  around,
  type DynamicCheck,
  hasFailed,
  oncePerPlace,
  reproduceCall,
  textOf,
} from './check.ts';

/** How a canary is called by what it came from. */
const SOURCES: Readonly<Partial<Record<Shape, string>>> = {
  'file-content': 'a result',
  environment: 'a credential of the server',
  baggage: 'baggage of a client',
  'trace-state': 'trace state of a client',
};

const stderrPayloads: DynamicCheck = {
  check: {
    id: 'stderr-payloads',
    title: 'Standard error has no content of calls',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP10', 'cosai:T5', 'cwe:532'],
    remedy: 'Log the name of the tool and the outcome; hosts keep standard error in log files.',
    example: "console.error('tool failed', { tool: name, code: error.code });",
  },
  judge: ({ runs, canaries }) => {
    if (runs.every(({ stderr }) => stderr === undefined))
      return 'the server was started by somebody else: its standard error went elsewhere';
    return oncePerPlace(
      runs
        .flatMap(({ stderr = '' }) =>
          canaries.in(stderr).map((canary) => [canary, stderr] as const),
        )
        .map(([canary, stderr]) => ({
          what: `Standard error has ${SOURCES[canary.shape] ?? 'an argument'} in it`,
          where: 'standard error',
          evidence: around(stderr, canary.token),
          reproduce: `${canary.origin} was ${canary.value}`,
        })),
    );
  },
};

const STACK = /\n? *\bat [^\n"]{0,200}?\(?(?:file:\/\/)?\/[^\s"()]+:\d+:\d+\)?/;
const INSIDE = /\/node_modules\/[^\s"']+|Traceback \(most recent call last\)/;

const errorDetails: DynamicCheck = {
  check: {
    id: 'error-details',
    title: 'Errors do not show the inside of the server',
    severity: 'medium',
    points: 6,
    catalogue: ['cosai:T5', 'cwe:209'],
    remedy: 'Answer with a fixed text and an id; keep stack and cause in your own log.',
    example:
      "catch (error) {\n  log.error({ err: error, caseId });\n  return { isError: true, content: [{ type: 'text', text: 'Failed: ' + caseId }] };\n}",
  },
  judge: ({ runs }) => {
    const failed = runs.flatMap(callsOf).filter(hasFailed);
    if (failed.length === 0) return 'no call failed';
    return oncePerPlace(
      failed.flatMap((call) => {
        const text = textOf(call).replaceAll('\\n', '\n');
        const [found] = STACK.exec(text) ?? INSIDE.exec(text) ?? [];
        if (found === undefined) return [];
        const what = 'An error tells where in the code of the server it came from';
        const evidence = around(text, found);
        return [
          { what, where: `answer to ${call.method}`, evidence, reproduce: reproduceCall(call) },
        ];
      }),
    );
  },
};

const secretsReturned: DynamicCheck = {
  check: {
    id: 'secrets-returned',
    title: 'No credential of the server is given to clients',
    severity: 'critical',
    points: 20,
    catalogue: ['owasp-mcp:MCP01', 'cosai:T1', 'cwe:200'],
    remedy: 'Never answer with the environment or the configuration as it is.',
    example: 'return { region: config.region, hasKey: config.key !== undefined };',
  },
  judge: ({ runs, canaries }) => {
    const calls = runs.flatMap(callsOf);
    if (calls.every((call) => textOf(call) === '')) return 'no call was answered';
    if (runs.every(({ stderr }) => stderr === undefined))
      return 'the server was started by somebody else: its credentials are not known';
    return oncePerPlace(
      calls.flatMap((call) =>
        canaries
          .in(textOf(call))
          .filter(({ shape }) => shape === 'environment')
          .map((canary) => ({
            what: 'A tool answers with the variable SERVICE_API_KEY of the server',
            where: `answer of ${call.tool ?? call.method}`,
            evidence: around(textOf(call), canary.token),
            reproduce: reproduceCall(call),
          })),
      ),
    );
  },
};

const inputValidation: DynamicCheck = {
  check: {
    id: 'input-validation',
    title: 'Arguments of a wrong type are refused',
    severity: 'low',
    points: 4,
    catalogue: ['owasp-mcp:MCP05', 'cosai:T3', 'cwe:20'],
    remedy: 'Check arguments against the schema that the tool declares, before the handler runs.',
    example: 'server.registerTool(name, { inputSchema: z.object({ path: z.string() }) }, handler);',
  },
  judge: ({ runs }) => {
    const wrong = runs.flatMap(callsOf).filter(({ kind }) => kind === 'invalid');
    const answered = wrong.filter(
      ({ tool, answer }) => tool !== undefined && answer.status !== 'timeout',
    );
    if (answered.length === 0) return 'no tool takes an argument that could be wrong';
    return oncePerPlace(
      answered
        .filter((call) => call.answer.status === 'result' && !hasFailed(call))
        .map((call) => ({
          what: `${call.tool} accepts an object where its schema wants something else`,
          where: `tool ${call.tool}`,
          evidence: around(textOf(call), '"result"'),
          reproduce: reproduceCall(call),
        })),
    );
  },
};

const stdoutNoise: DynamicCheck = {
  check: {
    id: 'stdout-noise',
    title: 'Standard output has messages and nothing else',
    severity: 'low',
    points: 2,
    catalogue: ['cosai:T7'],
    remedy: 'Log to standard error: over stdio, standard output belongs to the protocol.',
    example: "console.error('listening'); // not console.log",
  },
  judge: ({ runs, http }) => {
    if (http !== undefined) return 'the server speaks HTTP';
    const [first] = runs.flatMap(({ noise }) => noise);
    if (first === undefined) return [];
    const what = 'A line on standard output is no JSON-RPC message';
    return [
      { what, where: 'standard output', evidence: first, reproduce: 'Start the server and read' },
    ];
  },
};

const misbehaviour: DynamicCheck = {
  check: {
    id: 'contained',
    title: 'The server does not exhaust its client',
    severity: 'high',
    points: 16,
    catalogue: ['cosai:T10', 'cwe:400'],
    remedy: 'Bound what is answered: page lists, cut texts, and start no processes without end.',
    example: 'const page = rows.slice(0, PAGE_ROWS_MAX);',
  },
  judge: ({ runs }) =>
    [...new Set(runs.flatMap(({ contained }) => contained))].map((why) => ({
      what: `The server had to be stopped: ${why}`,
      where: 'the server',
      evidence: why,
      reproduce: 'Scan it again, or call its tools by hand under the same limits',
    })),
};

export const OUTPUT_CHECKS: readonly DynamicCheck[] = [
  secretsReturned,
  misbehaviour,
  stderrPayloads,
  errorDetails,
  inputValidation,
  stdoutNoise,
];
