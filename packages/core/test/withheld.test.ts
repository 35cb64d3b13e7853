import { describe, expect, it } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { type AttributeValue, allowAttributes } from '../src/attributes.ts';
import { safeName } from '../src/names.ts';
import type { Observation } from '../src/observation.ts';
import { spanOf } from '../src/span.ts';
import { WITHHELD } from '../src/withheld.ts';
import { FULL } from './observations.ts';

const CANARY = 'canary Mallory-7f3a@leak.example';
const ONE_WORD = 'canary-7f3a';
const holds = (value: unknown): boolean => /canary|Mallory|leak/i.test(JSON.stringify(value));

/** Somebody sets an attribute of that name, by hand or copied from another instrumentation. */
const asAttribute = (...names: readonly string[]): unknown =>
  [CANARY, ONE_WORD].map((text) =>
    allowAttributes(Object.fromEntries(names.map((name) => [name, text as AttributeValue]))),
  );

/** Somebody puts the text where an observation has a place for something like it. */
const asFact = (change: object): unknown =>
  spanOf({ ...FULL, ...change } as Observation, new Set(['customer']));

const digest = (): string => '0123456789abcdef';
const asName = (member: 'tool' | 'prompt', text: string): unknown => {
  const { tool: _, ...rest } = FULL;
  const name = member === 'tool' ? { tool: { name: text, labels: [] } } : { prompt: text };
  return spanOf({ ...rest, ...name }, new Set());
};

const ATTEMPTS: Readonly<Record<string, () => unknown>> = {
  'arguments and results': () => [
    asAttribute(
      'gen_ai.tool.call.arguments',
      'gen_ai.tool.call.result',
      'mcp.request.argument.query',
      'spoor.request.arguments.query',
    ),
    asFact({
      facts: {
        ...FULL.facts,
        request: { ...FULL.facts.request, projection: CANARY, digest: CANARY },
      },
    }),
    // A key that only the caller chose is an argument too.
    asFact({
      facts: {
        ...FULL.facts,
        request: { ...FULL.facts.request, paths: [{ path: ONE_WORD, type: 'string', bytes: 1 }] },
      },
    }),
  ],
  'error text': () => [
    asAttribute('exception.message', 'error.message', 'otel.status_description'),
    asFact({ errorType: CANARY, outcome: 'tool_error' }),
  ],
  'error data': () => [
    asAttribute('error.data', 'rpc.jsonrpc.error_message', 'mcp.error.data'),
    asFact({ errorData: CANARY, error: { data: CANARY } }),
  ],
  'exception event': () => [
    asAttribute('exception.stacktrace', 'exception.type'),
    asFact({ events: [{ name: 'exception', attributes: { 'exception.message': CANARY } }] }),
  ],
  'resource URI': () => [
    asAttribute('mcp.resource.uri', 'url.full', 'url.path', 'url.query'),
    asFact({ resource: `file:///home/${ONE_WORD}`, method: 'resources/read' }),
  ],
  'tool name with text in it': () => [
    asName('tool', CANARY),
    asName('tool', safeName(CANARY, digest)),
    asName('tool', ONE_WORD.repeat(20)),
    asName('tool', `${ONE_WORD}\r\nInjected: header`),
  ],
  'prompt name with text in it': () => [
    asName('prompt', CANARY),
    asName('prompt', safeName(CANARY, digest)),
    asName('prompt', `${ONE_WORD}\u202e`),
  ],
  'prompt variables': () => asAttribute('gen_ai.prompt.variable.name', 'gen_ai.prompt.variable'),
  'unknown method': () => [
    asFact({ method: ONE_WORD }),
    asFact({ method: `tools/call/${CANARY}` }),
    asFact({ method: `${CANARY}`, tool: undefined }),
  ],
  'request id': () => [
    asAttribute('jsonrpc.request.id', 'rpc.jsonrpc.request_id', 'mcp.request.id'),
    asFact({ requestId: CANARY }),
    asFact({ requestId: ONE_WORD }),
    asFact({ requestId: `~${ONE_WORD}` }),
  ],
  requestState: () => [
    asAttribute('mcp.request.state', 'mcp.request_state', 'requestState'),
    asFact({ requestState: CANARY, id: CANARY, cause: { ...FULL.cause, parent: CANARY } }),
  ],
  'progress token': () => [
    asAttribute('mcp.progress.token', 'mcp.progress.message', 'mcp.progress_token'),
    asFact({ progressToken: CANARY, links: [CANARY] }),
  ],
  'Mcp-Param-* headers': () =>
    asAttribute('http.request.header.mcp-param-customer', 'mcp.param.customer'),
  'Mcp-Name header': () => asAttribute('http.request.header.mcp-name', 'mcp.name'),
  'protocol session': () => [
    asAttribute('mcp.session.id', 'http.request.header.mcp-session-id', 'session.id'),
    asFact({ session: { id: CANARY, episode: 1 } }),
  ],
  'name of the client': () => [
    asAttribute('mcp.client.name', 'mcp.client.version', 'user_agent.original'),
    asFact({ principal: { ...FULL.principal, agent: CANARY } }),
  ],
  user: () => [
    asAttribute('enduser.id', 'user.email', 'client.address', 'enduser.scope'),
    asFact({ principal: { ...FULL.principal, pseudonym: CANARY, evidence: [CANARY] } }),
  ],
  'baggage and tracestate': () => [
    asAttribute('baggage', 'baggage.user', 'tracestate', 'w3c.tracestate'),
    asFact({ baggage: CANARY, trace: { ...FULL.trace, tracestate: CANARY } }),
  ],
};

describe('what is withheld', () => {
  it('has an attempt for each row, and no other', () => {
    expect(Object.keys(ATTEMPTS).sort()).toEqual(Object.keys(WITHHELD).sort());
  });

  for (const [what, attempt] of Object.entries(ATTEMPTS)) {
    verifies('export:withheld', () => expect(holds(attempt())).toBe(false), { case: what });
  }

  it('is looked for where a name that may leave is found', () => {
    expect(holds(asName('tool', ONE_WORD))).toBe(true);
  });
});
