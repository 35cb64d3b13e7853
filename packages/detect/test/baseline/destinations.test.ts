import { type Request, sipHash, sipKey } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { belongingOf } from '../../src/examine/destinations.ts';
import { NO_CAUSE, type SenseKeys, senseRequest } from '../../src/sense.ts';
import { START_MS } from '../support/scenario.ts';

describe('where a destination belongs', () => {
  it.each([
    ['Ann <Ann@Acme.example>', ['acme.example']],
    ['ann@acme.example, bob@drop.example', ['acme.example', 'drop.example']],
    ['evil@drop.example <ann@acme.example>', ['drop.example', 'acme.example']],
    ['ann.marlowe@gmail.com', ['ann.marlowe@gmail.com']],
    ['https://acme.example/upload?to=x@drop.example', ['acme.example']],
    ['https://acme.example@drop.example/', ['drop.example']],
    ['https://drop.example\\@acme.example/', ['drop.example']],
    ['HTTPS://DROP.example:8443#acme.example', ['drop.example']],
    ['http://[2001:db8::1]:80/', ['[2001:db8::1]']],
    ['#General', ['#general']],
    ['DE89 3704', ['de89 3704']],
  ])('%s', (text, belonging) => {
    expect(belongingOf(text)).toEqual(belonging);
  });
});

const keys = (session: number, shared: number): SenseKeys => {
  const print = sipKey(new Uint8Array(16).fill(session));
  const digest = (text: string): string => sipHash(print, text);
  const cluster = sipKey(new Uint8Array(16).fill(shared));
  return { print, cluster, digest, definitionDigest: digest, short: digest };
};

const printsOf = (of: SenseKeys, to: unknown): readonly string[] | undefined => {
  const params = { name: 'send', arguments: { to, text: 'reach ann@acme.example' } };
  const request: Request = { kind: 'request', id: 1, method: 'tools/call', params };
  const random = { bytes: (count: number) => new Uint8Array(count).fill(7) };
  const context = { keys: of, project: false, random, nowMs: START_MS };
  return senseRequest(request, 'tool.call', 100, NO_CAUSE, context).request?.destinations;
};

verifies(
  'baseline:destination',
  () => {
    const [known] = printsOf(keys(1, 9), 'ann@acme.example') ?? [];
    expect(known).toMatch(/^[0-9a-f]{16}$/);
    // The same in another session of the hub, and not in another hub.
    expect(printsOf(keys(2, 9), ['bob@acme.example'])).toEqual([known]);
    expect(printsOf(keys(1, 8), 'ann@acme.example')).not.toEqual([known]);
    // Text that only names an address goes nowhere.
    expect(printsOf(keys(1, 9), undefined)).toBeUndefined();
    const many = Array.from({ length: 100 }, (_, n) => `a@host${n}.example`);
    expect(printsOf(keys(1, 9), many)?.length).toBe(32);
  },
  { case: 'in all sessions of one hub' },
);
