// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest';
import { verifyEntry } from '../../src/audit/entry.ts';
import { testLog } from '../log.ts';
import { fakeHub, unmountAll } from '../render.ts';

afterEach(unmountAll);

const log = testLog(['{"n":0}', '{"n":1}', '{"n":2}']);
const leaf = (index: number): [number, string, string] => [
  index,
  log.leaves[index] ?? '',
  log.leafHashes[index] ?? '',
];

it('finds every entry of the log included, with a proof of its own making', async () => {
  fakeHub(log.answers);
  for (const index of [0, 1, 2]) {
    const result = await verifyEntry(...leaf(index));
    expect(result).toMatchObject({ status: 'included', size: 3 });
  }
});

it('does not accept an entry whose bytes were changed', async () => {
  fakeHub(log.answers);
  const [index, , hash] = leaf(1);
  expect(await verifyEntry(index, '{"n":9}', hash)).toMatchObject({ status: 'broken' });
});

it('does not accept an entry under another index', async () => {
  fakeHub(log.answers);
  const [, text, hash] = leaf(1);
  expect(await verifyEntry(0, text, hash)).toEqual({
    status: 'broken',
    why: 'the entry is not under the signed root',
  });
});

it('does not accept a checkpoint that the key did not sign', async () => {
  const other = testLog(['{"n":0}', '{"n":1}', '{"n":9}']);
  const note = new TextDecoder().decode(other.answers['/ledger/checkpoint'] as Uint8Array);
  const forged = new TextEncoder().encode(note.replace('\n3\n', '\n2\n'));
  fakeHub({ ...log.answers, '/ledger/checkpoint': forged });
  expect(await verifyEntry(...leaf(1))).toEqual({
    status: 'broken',
    why: 'the signature is wrong',
  });
});

it('calls an entry that no checkpoint covers pending, not broken', async () => {
  const longer = testLog([...log.leaves, '{"n":3}']);
  fakeHub(log.answers);
  const hash = longer.leafHashes[3] ?? '';
  expect(await verifyEntry(3, '{"n":3}', hash)).toEqual({ status: 'pending', size: 3 });
});
