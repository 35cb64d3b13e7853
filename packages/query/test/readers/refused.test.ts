import { CodedError } from '@spoor/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { type Ask, type BackendSettings, openReader, type TraceReader } from '../../src/index.ts';
import { type BadServer, badServer } from './support/bad.ts';
import { madeSpan } from './support/otlp.ts';
import { parseTraceQl } from './support/traceql-check.ts';

const KINDS = ['victoriatraces', 'jaeger', 'tempo'] as const;

/** One that notes what it is asked, as it comes over the wire. */
interface Noted {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: NodeJS.Dict<string | string[]>;
}
let asked: Noted[] = [];
let server: BadServer;

beforeAll(async () => {
  server = await badServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    asked.push({ path, query: new URLSearchParams(query), headers: request.headers });
    // Enough for each kind to be an answer, and an empty one.
    response.end('{"data":[],"traces":[],"tagValues":[],"trace":{}}');
  });
});
afterAll(() => server.close());

const ask = (tenant?: string): Ask => ({
  signal: AbortSignal.timeout(20_000),
  ...(tenant === undefined ? {} : { tenant }),
});

/** @returns what was asked, or undefined where nothing was */
async function noted(
  work: (reader: TraceReader) => Promise<unknown>,
  kind: Kind,
): Promise<Noted[]> {
  asked = [];
  const reader = openReader({ kind, entrypoint: new URL(`${server.url}/below/`) });
  try {
    await work(reader);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'QUESTION_INVALID') throw error;
    expect(asked).toEqual([]);
  } finally {
    await reader.close();
  }
  return asked;
}
type Kind = BackendSettings['kind'];

const HOSTILE = [
  '..',
  '.',
  '../admin',
  '..%2fadmin',
  '%2e%2e/admin',
  '..\\admin',
  'a/../../admin',
  'a%2f..%2fb',
  'a\nb',
  'a\r\nHost: evil',
  'a\0b',
  'a?limit=1',
  'a#b',
  'a&service=b',
  'a" || true || .x = "',
  'a" } || { name != "',
  'a\\" || "b',
  'a} | select(.password)',
  '"}) by (x',
  "a' or '1'='1",
  'a"} _time:1y',
  '*',
  '\u2028',
  '\ud800',
  'ж日本 🎈',
];
/** Hostile ones, and any. */
const TEXT = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
);

/** Paths that each kind has, with what stands in place of a name. */
const PATHS: Readonly<Record<Kind, RegExp>> = {
  victoriatraces:
    /^\/below\/select\/jaeger\/api\/(?:services\/([^/]+)\/operations|traces|traces\/[0-9a-f]{32})$/,
  jaeger: /^\/below\/api\/(?:operations|traces|traces\/[0-9a-f]{32})$/,
  tempo: /^\/below\/api\/(?:v2\/search\/tag\/name\/values|search|v2\/traces\/[0-9a-f]{32})$/,
};

const SPAN = madeSpan({ startMs: 500, durationMs: 5 });

function expectAsked(kind: Kind, { path, query }: Noted, said: Said): void {
  const [, named] = PATHS[kind].exec(path) ?? expect.fail(`${kind} ${path}`);
  if (named !== undefined) expect(decodeURIComponent(named)).toBe(said.service);
  if (kind === 'tempo') {
    const matches = parseTraceQl(query.get('q') ?? '');
    const attributes = said.tag === undefined ? {} : { [said.tag[0]]: said.tag[1] };
    const name = said.operation ?? SPAN.name;
    expect(matches({ ...SPAN, service: said.service, name, attributes })).toBe(true);
    expect(matches({ ...SPAN, service: `${said.service} `, name, attributes })).toBe(false);
    return;
  }
  if (named === undefined) expect(query.get('service')).toBe(said.service);
  expect(query.get('operation') ?? undefined).toBe(said.operation);
  const tags = said.tag === undefined ? null : { [said.tag[0]]: said.tag[1] };
  expect(JSON.parse(query.get('tags') ?? 'null')).toEqual(tags);
}

interface Said {
  readonly service: string;
  readonly operation?: string;
  readonly tag?: readonly [string, string];
}

/** Jaeger's words for fields mean fields in Tempo. */
const isPlainTag = (key: string): boolean => key !== 'error' && key !== 'span.kind';

describe.each(KINDS)('%s', (kind) => {
  verifies(
    'backends:refused',
    async () => {
      await fc.assert(
        fc.asyncProperty(TEXT, async (service) => {
          const found = await noted((reader) => reader.operations(service, ask()), kind);
          for (const one of found) expectAsked(kind, one, { service });
        }),
        { numRuns: 150 },
      );
    },
    { case: `a service of ${kind}` },
  );

  verifies(
    'backends:refused',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          TEXT,
          TEXT,
          TEXT.filter(isPlainTag),
          TEXT,
          async (service, operation, ...tag) => {
            const [key, value] = tag;
            const query = { service, operation, tags: { [key]: value } };
            const time = { startMs: 0, endMs: 1_000, limit: 3 };
            const found = await noted(
              (reader) => reader.traces({ ...query, ...time }, ask()),
              kind,
            );
            for (const one of found)
              expectAsked(kind, one, { service, operation, tag: [key, value] });
          },
        ),
        { numRuns: 150 },
      );
    },
    { case: `a search of ${kind}` },
  );

  verifies(
    'backends:refused',
    async () => {
      await fc.assert(
        fc.asyncProperty(TEXT, async (trace) => {
          const found = await noted((reader) => reader.trace(trace, ask()), kind);
          for (const { path } of found) expect(path).toMatch(PATHS[kind]);
        }),
        { numRuns: 100 },
      );
    },
    { case: `a trace id of ${kind}` },
  );

  verifies(
    'backends:refused',
    async () => {
      await fc.assert(
        fc.asyncProperty(TEXT, async (tenant) => {
          const found = await noted((reader) => reader.services(ask(tenant)), kind);
          for (const { headers } of found) {
            const { accountid, projectid } = headers;
            const sent = headers['x-scope-orgid'] ?? headers['x-tenant'];
            if (kind === 'victoriatraces') expect(`${accountid}:${projectid}`).toMatch(/^\d+:\d+$/);
            else expect(sent).toBe(tenant);
            expect(headers.host).toBe(new URL(server.url).host);
          }
        }),
        { numRuns: 100 },
      );
    },
    { case: `a tenant of ${kind}` },
  );
});

describe.each(KINDS)('%s, asked for what there cannot be', (kind) => {
  test.each([
    ['0'.repeat(32)],
    ['a'.repeat(31)],
    ['a'.repeat(33)],
    [`${'a'.repeat(32)}/../../services`],
    [`${'a'.repeat(32)}?x`],
    ['../../../admin'],
    ['%2e%2e%2f'],
    [`${'a'.repeat(32)}\n`],
  ])('no trace has the id %j', async (id) => {
    expect(await noted((reader) => reader.trace(id, ask()), kind)).toEqual([]);
  });

  test.each([
    { limit: 0 },
    { limit: -1 },
    { limit: 1.5 },
    { limit: 1e9 },
    { startMs: 2_000 },
    { startMs: -1 },
    { endMs: Number.NaN },
    { endMs: 1e18 },
    { minDurationMs: -1 },
    { minDurationMs: 2, maxDurationMs: 1 },
    { service: '' },
    { service: 'x'.repeat(1_000) },
    { operation: '' },
    { tags: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`t${n}`, ''])) },
  ])('nobody asks for %j', async (more) => {
    const query = { service: 'a', tags: {}, startMs: 0, endMs: 1_000, limit: 3, ...more };
    expect(await noted((reader) => reader.traces(query, ask()), kind)).toEqual([]);
  });
});
