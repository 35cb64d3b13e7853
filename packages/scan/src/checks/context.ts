import { callsOf } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { around, type DynamicCheck, oncePerPlace, reproduceCall, textOf } from './check.ts';

const baggageForwarded: DynamicCheck = {
  check: {
    id: 'baggage-forwarded',
    title: 'Baggage of clients does not reach other services',
    severity: 'high',
    points: 16,
    catalogue: ['cosai:T3', 'cosai:T9', 'cwe:501'],
    remedy: 'Drop inbound baggage where a request comes in; forward only what the server has made.',
    example:
      "const inside = propagation.deleteBaggage(extracted);\nconst own = propagation.createBaggage({ 'mcp.service': { value: 'files' } });\npropagation.inject(propagation.setBaggage(inside, own), headers);",
  },
  judge: ({ runs, canaries }) => {
    const requests = runs.flatMap(({ downstream }) => downstream);
    if (requests.length === 0) return 'no tool called the loopback neighbour';
    const findings = requests.flatMap(({ method, path, headers, body }) =>
      [...Object.entries(headers), ['body', body] as const].flatMap(([name, text]) =>
        canaries
          .in(text)
          .filter(({ shape }) => shape === 'baggage')
          .map((canary) => ({
            what: `What a client sent as ${canary.origin} goes on to other services (${name})`,
            where: `downstream request: ${name}`,
            evidence: `${method} ${path.split('?')[0]} ${name}: ${around(text, canary.token)}`,
            reproduce: `Send ${canary.origin} and look at the requests that the tool makes`,
          })),
      ),
    );
    return oncePerPlace(findings);
  },
};

const TRACEPARENT = /\b00-([0-9a-f]{32})-[0-9a-f]{16}-0[0-9a-f]\b/i;

const traceIds: DynamicCheck = {
  check: {
    id: 'trace-ids',
    title: 'Trace ids are not given to clients',
    severity: 'high',
    points: 14,
    catalogue: ['cosai:T5', 'cosai:T7', 'cwe:200'],
    remedy: 'Keep trace context out of bodies, headers, `_meta`, errors and notifications.',
    example:
      "// Log the id for yourself; give the client an id of its own.\nreturn { content, _meta: { 'app/case': caseId } };",
  },
  judge: (evidence) => {
    const calls = evidence.runs.flatMap(callsOf);
    const own = new Set(
      evidence.runs.flatMap(({ exports }) => exports.spans.map(({ trace }) => trace)),
    );
    const sent = new Set(calls.flatMap((call) => call.sent?.trace ?? []));
    const said = calls.flatMap((call) => idIn(textOf(call), own, sent, reproduceCall(call)));
    const heard = evidence.runs.flatMap((run) =>
      run.heard.flatMap((text) => idIn(text, own, sent, 'Call any tool and read notifications')),
    );
    if (calls.every((call) => textOf(call) === '')) return 'no call was answered';
    return oncePerPlace([...said, ...heard]);
  },
};

function idIn(
  text: string,
  own: ReadonlySet<string>,
  sent: ReadonlySet<string>,
  reproduce: string,
): readonly Finding[] {
  const ids = text.match(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/gi) ?? [];
  const known = ids.find((id) => own.has(id.toLowerCase()) || sent.has(id.toLowerCase()));
  const found = known ?? TRACEPARENT.exec(text)?.[1];
  if (found === undefined) return [];
  const id = found.toLowerCase();
  const how = sent.has(id) ? 'the trace id that came with the request' : 'its own trace id';
  const where = placeOf(text, found);
  return [
    { what: `The server tells the client ${how}`, where, evidence: around(text, found), reproduce },
  ];
}

/** The member or header that holds an id. */
function placeOf(text: string, id: string): string {
  const before = text.slice(0, text.indexOf(id));
  const [, header] = /(?:^|\n)([a-z0-9-]{1,60}): [^\n]*$/.exec(before) ?? [];
  if (header !== undefined) return `response header ${header}`;
  const [, key] = /"([\w./-]{1,60})"\s*:\s*(?:\\*")?[^":,{}]*$/.exec(before) ?? [];
  return key === undefined ? 'response' : `response member ${key}`;
}

export const CONTEXT_CHECKS: readonly DynamicCheck[] = [baggageForwarded, traceIds];
