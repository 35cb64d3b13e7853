import { createHash } from 'node:crypto';
import {
  canonicalize,
  type Frame,
  IDENTITY_META_KEY,
  type IdentityEvidence,
  LIMITS,
  parseMessage,
  systemClock,
  systemRandom,
} from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { Boundary } from '../src/boundary.ts';
import { Relay } from '../src/relay.ts';
import { STDIO_TRUST, stdioTrust } from '../src/trust.ts';
import { testHub } from './support.ts';

const CONTINUE = stdioTrust({ client: 'continue', server: 'continue', baggage: 'keep *' });
const KEPT = stdioTrust({ client: 'continue', server: 'continue', baggage: '', identity: true });

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** What a wrapper passes on of what a client says, in chunks of any size. */
async function relayed(sizes: readonly number[], said: Uint8Array, trust = CONTINUE) {
  const hub = testHub();
  const out: Uint8Array[] = [];
  const relay = new Relay({
    toServer: (bytes) => out.push(bytes),
    toClient: () => undefined,
    hub,
    clock: systemClock,
    random: systemRandom,
    boundary: new Boundary(trust, systemRandom),
  });
  for (let at = 0, n = 0; at < said.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    relay.fromClient(said.subarray(at, at + size));
    at += size;
  }
  await relay.clientEnded();
  await relay.serverEnded();
  return { sent: text(Buffer.concat(out)), hub };
}

const blank = fc.constantFrom('', ' ', '\t', '  ');
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const key = fc.constantFrom('progressToken', 'a', 'dev.spoor/other', 'dev.spoor/identit', '🔑');
const otherMember = fc
  .tuple(key, fc.json({ maxDepth: 2 }), blank, blank)
  .map(([name, value, a, b]) => `${JSON.stringify(name)}${a}:${b}${value}`);
const others = fc.uniqueArray(otherMember, {
  maxLength: 4,
  selector: (member) => member.slice(0, member.indexOf('"', 1)),
});
/** As any writer of JSON may spell the name. */
const spelled = fc.constantFrom(
  '"dev.spoor/identity"',
  '"dev.spoor\\/identity"',
  '"\\u0064ev.spoor/identity"',
);
const identity = fc
  .tuple(spelled, blank, blank, fc.json({ maxDepth: 3 }))
  .map(([name, a, b, value]) => `${name}${a}:${b}${value}`);

interface Written {
  readonly line: string;
  readonly bare: object;
}

const written = fc
  .record({ members: others, member: fc.option(identity, { nil: undefined }), at: fc.nat(4) })
  .chain(({ members, member, at }) =>
    fc.tuple(blank, blank, blank, fc.boolean()).map(([a, b, c, first]): Written => {
      const meta = member === undefined ? members : members.toSpliced(at, 0, member);
      const inner = `{${a}${meta.join(`${b},${a}`)}${c}}`;
      const args = `"arguments":${a}{"x":1,"_meta":{"dev.spoor/identity":"an argument"}}`;
      const parts = [`"name":${b}"t"`, `"_meta"${a}:${b}${inner}`, args];
      const params = (first ? parts : parts.toReversed()).join(`${c},${a}`);
      const line = `{"jsonrpc":"2.0",${a}"id":1,"method":"tools/call","params":${b}{${params}${c}}}`;
      const bare = JSON.parse(line) as { params: { _meta: Record<string, unknown> } };
      delete bare.params._meta[IDENTITY_META_KEY];
      return { line, bare };
    }),
  );

describe('evidence of identity on its way to a server', () => {
  verifies(
    'identity:kept-back',
    async () => {
      await fc.assert(
        fc.asyncProperty(written, sizes, async ({ line, bare }, chunks) => {
          const { sent } = await relayed(chunks, Buffer.from(`${line}\n`));
          expect(JSON.parse(sent)).toEqual(bare);
          expectOneCut(`${line}\n`, sent);
        }),
        { numRuns: 300 },
      );
    },
    { case: 'exactly that member goes, however it is written' },
  );

  verifies(
    'identity:kept-back',
    async () => {
      const without = written.filter(
        ({ line, bare }) => canonicalize(JSON.parse(line)) === canonicalize(bare),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(without, { maxLength: 4 }), sizes, async (lines, chunks) => {
          const said = lines.map(({ line }) => `${line}\n`).join('');
          expect((await relayed(chunks, Buffer.from(said))).sent).toBe(said);
        }),
        { numRuns: 200 },
      );
    },
    { case: 'without it no byte changes, under any chunking' },
  );

  verifies(
    'identity:kept-back',
    async () => {
      await fc.assert(
        fc.asyncProperty(written, sizes, async ({ line }, chunks) => {
          const { sent } = await relayed(chunks, Buffer.from(`${line}\n`), KEPT);
          expect(sent).toBe(`${line}\n`);
        }),
        { numRuns: 100 },
      );
    },
    { case: 'a server that is allowed gets every byte' },
  );

  test('goes out of what nobody can read, and of each message of a batch', async () => {
    const meta = '"_meta":{"dev.spoor/identity":{"v":1}}';
    const twice = `{"a":1,"a":2,"params":{${meta}}}`;
    const batch = `[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${meta}}},{"jsonrpc":"2.0","id":2,"method":"x","params":{${meta}}}]`;
    const { sent } = await relayed([7], Buffer.from(`${twice}\n${batch}\n`));
    expect(sent).not.toContain('identity');
    expect(sent.match(/"_meta":\{\}/g)).toHaveLength(3);
  });
});

/** Nothing but one piece is gone: the member, and at most one comma with blanks. */
function expectOneCut(before: string, after: string): void {
  let head = 0;
  while (head < after.length && before[head] === after[head]) head += 1;
  const gone = before.length - after.length;
  // Where the piece begins like what follows it, it may lie further left.
  const starts = Array.from({ length: head + 1 }, (_, n) => head - n);
  const isMember = (start: number): boolean => {
    if (before.slice(0, start) + before.slice(start + gone) !== after) return false;
    const cut = before.slice(start, start + gone).trim();
    const bare = cut.replace(/^,|,$/, '').trim();
    if (bare === '') return gone === 0;
    const [name] = Object.keys(parsed(`{${bare}}`));
    return name === IDENTITY_META_KEY && Object.keys(parsed(`{${bare}}`)).length === 1;
  };
  expect(gone === 0 || starts.some(isMember), `${before}${after}`).toBe(true);
}

function parsed(json: string): object {
  try {
    return JSON.parse(json) as object;
  } catch {
    return {};
  }
}

const PROOF = { v: 1, txn: 'aaa.bbb.ccc', proof: 'ddd.eee.fff' };
const META = { [IDENTITY_META_KEY]: PROOF };
const lineOf = (message: object): Buffer =>
  Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

const evidenceIn = async (message: object): Promise<(IdentityEvidence | undefined)[]> =>
  (await relayed([1_000], lineOf(message))).hub.evidence;

describe('evidence of identity on its way to the hub', () => {
  verifies('identity:handed-over', async () => {
    const bare = { name: 'pay', arguments: { sum: 1.5, to: 'é' } };
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const params = { ...bare, _meta: { ...META, traceparent, progressToken: 3 } };
    const dig = createHash('sha256').update(canonicalize(bare)).digest('base64url');
    expect(await evidenceIn({ id: 'r1', method: 'tools/call', params })).toEqual([
      {
        meta: JSON.stringify(PROOF),
        call: { mth: 'tools/call', nm: 'pay', rid: 'r1', dig, tp: traceparent },
      },
    ]);
    expect(await evidenceIn({ id: 1, method: 'tools/call', params: bare })).toEqual([undefined]);
  });

  test('comes with the first word of a list', async () => {
    const hub = testHub();
    const relay = new Relay({
      toServer: () => undefined,
      toClient: () => undefined,
      hub,
      clock: systemClock,
      random: systemRandom,
    });
    relay.fromClient(lineOf({ id: 1, method: 'tools/list', params: { _meta: META } }));
    relay.fromServer(lineOf({ id: 1, result: { tools: [] } }));
    await relay.serverEnded();
    expect(hub.evidence).toMatchObject([{ call: { mth: 'tools/list' } }, undefined]);
  });

  verifies(
    'identity:handed-over',
    async () => {
      const hub = testHub();
      const relay = new Relay({
        toServer: () => undefined,
        toClient: () => undefined,
        hub,
        clock: systemClock,
        random: systemRandom,
      });
      const params = { messages: [], _meta: META };
      relay.fromServer(lineOf({ id: 's', method: 'sampling/createMessage', params }));
      relay.fromClient(lineOf({ id: 's', result: {} }));
      await relay.serverEnded();
      expect(hub.ended).toHaveLength(2);
      expect(hub.evidence.filter((one) => one !== undefined)).toEqual([]);
    },
    { case: 'what a server says of it is no evidence' },
  );

  test('says nothing of a call of which no proof can speak', async () => {
    const of = (id: unknown, more: object = {}): object => ({
      id,
      method: 'tools/call',
      params: { name: 't', ...more, _meta: META },
    });
    const long = 'x'.repeat(LIMITS.identityNameCharsMax + 1);
    for (const odd of [of(long), of(1, { name: long }), of(1, { a: '\ud800' })])
      expect(await evidenceIn(odd)).toEqual([{ meta: JSON.stringify(PROOF) }]);
    const big = { [IDENTITY_META_KEY]: 'x'.repeat(LIMITS.identityCharsMax) };
    const params = { name: 't', _meta: big };
    expect(await evidenceIn({ id: 1, method: 'tools/call', params })).toMatchObject([{ meta: '' }]);
  });

  test('has the token that the gateway admitted a request by, and keeps it off the wire', () => {
    const frame: Frame = {
      kind: 'line',
      bytes: lineOf({ id: 1, method: 'tools/call', params: { name: 't' } }),
    };
    const message = parseMessage(frame);
    if (message.kind !== 'request') throw new Error('no request');
    const boundary = new Boundary(STDIO_TRUST, systemRandom);
    expect(boundary.toServer(frame, message)).toBe(frame.bytes);
    boundary.bearing(message, 'a.b.c');
    expect(boundary.evidenceOf(message)).toEqual({ bearer: 'a.b.c' });
  });
});
