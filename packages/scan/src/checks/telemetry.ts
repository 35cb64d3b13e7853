import { isObject } from '@spoor/core';
import { callsOf, type Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { Shape } from '../probe/canary.ts';
import { around, type DynamicCheck, oncePerPlace } from './check.ts';
import { allTexts, leaks, unseenTelemetry } from './exported.ts';

const ARGUMENTS: ReadonlySet<Shape> = new Set(['text', 'path', 'url', 'email', 'secret', 'card']);
const RESULTS: ReadonlySet<Shape> = new Set(['file-content']);
const BAGGAGE: ReadonlySet<Shape> = new Set(['baggage']);
const ENVIRONMENT: ReadonlySet<Shape> = new Set(['environment']);
const ALL: ReadonlySet<Shape> = new Set([...ARGUMENTS, ...RESULTS, ...BAGGAGE]);

const telemetryPresent: DynamicCheck = {
  check: {
    id: 'telemetry-present',
    title: 'The server exports telemetry',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP08', 'cosai:T12', 'cwe:778'],
    remedy: 'Instrument the server and let OTEL_EXPORTER_OTLP_ENDPOINT say where to send.',
    example: "import { instrument } from '@spoor/instrument';\n\ninstrument(server);",
  },
  judge: (evidence) => {
    const why = unseenTelemetry(evidence);
    if (why === undefined) return [];
    if (!evidence.sinkOffered) return why;
    return [
      {
        what: 'No call left a trace: no span, log or metric came while all tools were called',
        where: 'OTEL_EXPORTER_OTLP_ENDPOINT',
        evidence: '0 requests on /v1/traces, /v1/logs, /v1/metrics and gRPC',
        reproduce: 'Start the server with OTEL_EXPORTER_OTLP_ENDPOINT set and call its tools',
      },
    ];
  },
};

const telemetryArguments: DynamicCheck = {
  check: {
    id: 'telemetry-arguments',
    title: 'Arguments stay out of telemetry',
    severity: 'critical',
    points: 20,
    catalogue: ['owasp-mcp:MCP10', 'owasp-mcp:MCP01', 'cosai:T5', 'cwe:532'],
    remedy: 'Set only attributes from an allowlist: names and sizes of arguments, never values.',
    example:
      "span.setAttribute('tool.name', name);\nspan.setAttribute('tool.argument_names', Object.keys(args).sort());",
  },
  judge: (evidence) =>
    unseenTelemetry(evidence) ??
    leaks(evidence, {
      shapes: ARGUMENTS,
      wanted: ({ part }) => part !== 'name',
      what: ({ origin, shape }, { where }) =>
        `The value of an argument (${origin}, a ${shape}) stands in the ${where}`,
    }),
};

const telemetryResults: DynamicCheck = {
  check: {
    id: 'telemetry-results',
    title: 'Results stay out of telemetry',
    severity: 'critical',
    points: 20,
    catalogue: ['owasp-mcp:MCP10', 'cosai:T5', 'cwe:532'],
    remedy: 'Record that a call succeeded and how large its result was, not what it said.',
    example: "span.setAttribute('tool.result_bytes', Buffer.byteLength(JSON.stringify(result)));",
  },
  judge: (evidence) => {
    const why = unseenTelemetry(evidence);
    if (why !== undefined) return why;
    const planted = leaks(evidence, {
      shapes: RESULTS,
      wanted: () => true,
      what: ({ origin }, { where }) => `A result (${origin}) stands in the ${where}`,
    });
    return oncePerPlace([...planted, ...ownResults(evidence)]);
  },
};

const SNIPPET_CHARS = 40;
const SNIPPET_CHARS_MIN = 20;

/** Texts of results that are the server's own, and stand in telemetry as they are. */
function ownResults(evidence: Evidence): readonly Finding[] {
  const known = JSON.stringify(evidence.runs.flatMap(({ tools }) => tools));
  const snippets = new Map<string, string>();
  for (const call of evidence.runs.flatMap(callsOf)) {
    if (call.answer.status !== 'result') continue;
    for (const text of textsOf(call.answer.result)) {
      const snippet = text.slice(0, SNIPPET_CHARS).trim();
      const isOwn = snippet.length >= SNIPPET_CHARS_MIN && !known.includes(snippet);
      if (isOwn && evidence.canaries.in(text).length === 0) snippets.set(snippet, call.label);
    }
  }
  return allTexts(evidence).flatMap((text) => {
    const found = [...snippets].find(([snippet]) => text.text.includes(snippet));
    if (found === undefined) return [];
    const [snippet, label] = found;
    return [
      {
        what: `What a tool answered (${label}) stands in the ${text.where}`,
        where: `${text.signal}: ${text.where}`,
        evidence: `${text.where} = ${around(text.text, snippet)}`,
        reproduce: `${label}; look for its answer in what is exported`,
      },
    ];
  });
}

function textsOf(result: unknown): readonly string[] {
  const content = isObject(result) ? result.content : undefined;
  if (!Array.isArray(content)) return [];
  return content.filter(isObject).flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
}

const spanNames: DynamicCheck = {
  check: {
    id: 'span-names',
    title: 'Names of spans do not come from input',
    severity: 'high',
    points: 10,
    catalogue: ['cosai:T5', 'cwe:532', 'cwe:117'],
    remedy: 'Name spans by method and tool, which are few; never by a URI, a path or a query.',
    example: "tracer.startActiveSpan('tools/call ' + registeredToolName, run);",
  },
  judge: (evidence) =>
    unseenTelemetry(evidence) ??
    leaks(evidence, {
      shapes: ALL,
      wanted: ({ part }) => part === 'name',
      what: ({ origin }, { where }) => `Input (${origin}) is part of a ${where}`,
    }),
};

const baggageRecorded: DynamicCheck = {
  check: {
    id: 'baggage-recorded',
    title: 'Baggage of clients is not recorded',
    severity: 'medium',
    points: 8,
    catalogue: ['cosai:T5', 'cwe:532'],
    remedy: 'Drop inbound baggage, or copy only keys from an allowlist to spans.',
    example: "new BaggageSpanProcessor((key) => key === 'mcp.service');",
  },
  judge: (evidence) =>
    unseenTelemetry(evidence) ??
    leaks(evidence, {
      shapes: BAGGAGE,
      wanted: ({ part }) => part !== 'name',
      what: ({ origin }, { where }) => `What a client sent as ${origin} stands in the ${where}`,
    }),
};

const environmentExported: DynamicCheck = {
  check: {
    id: 'secrets-exported',
    title: 'No credential of the server is in its telemetry',
    severity: 'critical',
    points: 20,
    catalogue: ['owasp-mcp:MCP01', 'cosai:T1', 'cwe:532'],
    remedy: 'Keep environment and command line out of resource attributes and logs.',
    example: 'resourceDetectors: [hostDetector, osDetector], // not process arguments',
  },
  judge: (evidence) =>
    unseenTelemetry(evidence) ??
    leaks(evidence, {
      shapes: ENVIRONMENT,
      wanted: () => true,
      what: (_, { where }) => `The variable SERVICE_API_KEY of the server stands in the ${where}`,
    }),
};

const cardinality: DynamicCheck = {
  check: {
    id: 'metric-cardinality',
    title: 'Attributes of metrics have few values',
    severity: 'medium',
    points: 6,
    catalogue: ['cosai:T10', 'cwe:770'],
    remedy: 'Label metrics by tool and outcome; keep ids, paths and input out of their attributes.',
    example: "duration.record(seconds, { 'gen_ai.tool.name': name, 'error.type': kind });",
  },
  judge: (evidence) => {
    const points = evidence.runs.flatMap(({ exports }) => exports.points);
    if (points.length === 0) return unseenTelemetry(evidence) ?? 'the server exports no metrics';
    const values = new Map<string, Set<string>>();
    for (const { metric, attributes } of points)
      for (const [key, value] of Object.entries(attributes)) {
        const place = `${metric} ${key}`;
        values.set(place, (values.get(place) ?? new Set()).add(value));
      }
    const tools = new Set(evidence.runs.flatMap((run) => run.tools.map(({ name }) => name))).size;
    return [...values].flatMap(([place, own]) => {
      const fromInput = [...own].some((value) => evidence.canaries.in(value).length > 0);
      if (!fromInput && own.size <= VALUES_MAX + 2 * tools) return [];
      const [sample = ''] = own;
      return [
        {
          what: fromInput
            ? `Input decides how many series the metric has (${place})`
            : `The attribute takes a new value with nearly each call (${place})`,
          where: `metrics: ${place}`,
          evidence: `${place} = ${sample}`,
          reproduce: 'Call a tool with many values and count the series that are exported',
        },
      ];
    });
  },
};

const VALUES_MAX = 25;

export const TELEMETRY_CHECKS: readonly DynamicCheck[] = [
  telemetryPresent,
  telemetryArguments,
  telemetryResults,
  environmentExported,
  spanNames,
  baggageRecorded,
  cardinality,
];
