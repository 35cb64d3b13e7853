// @vitest-environment happy-dom
import type { LedgerView } from '@spoor/core';
import { createElement } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AuditScreen } from '../../src/audit/AuditScreen.tsx';
import { verifyWithWitnesses } from '../../src/audit/cosigned.ts';
import { ledger } from '../fixtures.ts';
import { type TestLog, testLog, testWitness } from '../log.ts';
import { click, fakeHub, mount, unmountAll, until } from '../render.ts';

afterEach(unmountAll);

const START = 'Verify the whole log here';
const MINUTE = 60_000;
const one = testWitness('one.example/w', 11);
const two = testWitness('two.example/w', 12);
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const bothNeeded = `witness a ${one.key}\nwitness b ${two.key}\ngroup g all a b\nquorum g\n`;
const oneNeeded = `witness a ${one.key}\nquorum a\n`;

let leaves: readonly string[];
let log: TestLog;
let note: string;

beforeEach(() => {
  leaves = [0, 1, 2].map((n) => JSON.stringify({ n, ts: Date.now() }));
  log = testLog(leaves);
  note = noteOf(log);
});

const noteOf = ({ answers }: TestLog): string =>
  Buffer.from(answers['/ledger/checkpoint'] as Uint8Array).toString();

/** What a hub serves whose witnesses have cosigned that note. */
function hub(policy: string | undefined, cosigned: string | number | undefined): void {
  const view = log.answers['/api/v1/ledger'] as LedgerView;
  const witness = {
    state: 'reached',
    size: 3,
    witnesses: [],
    ...(policy === undefined ? {} : { policy }),
  } as const;
  fakeHub({
    ...log.answers,
    '/api/v1/ledger': ledger({ ...view, witness }),
    ...(cosigned === undefined
      ? {}
      : {
          '/ledger/checkpoint.cosigned': typeof cosigned === 'string' ? bytes(cosigned) : cosigned,
        }),
  });
}

async function verified(words: string | RegExp): Promise<string> {
  const host = await mount(createElement(AuditScreen), '/audit');
  await until(host, 'Not verified yet');
  await click(host, START);
  await until(host, words);
  return host.textContent ?? '';
}

const know = (...keys: readonly string[]): void =>
  localStorage.setItem('spoor.witnesses', JSON.stringify(keys));

it('finds by itself who vouches for how much, since when', async () => {
  const signed = two.cosign(one.cosign(note, Date.now()), Date.now() - MINUTE);
  hub(bothNeeded, signed);
  const said = await verified('Verified: 3 entries');
  expect(said).toContain('Enough witnesses vouch for the first 3 entries');
  expect(said).toContain('The keys came from this hub');
  expect(said).toMatch(/one\.example\/w \(key from the hub\): vouches for the first 3 entries, at/);
  expect(said).toMatch(/two\.example\/w \(key from the hub\): vouches for the first 3 entries, at/);
});

it('does not take the hub at its word', async () => {
  hub(bothNeeded, one.cosign(note, Date.now()));
  const said = await verified('Verified (unwitnessed): 3 entries');
  expect(said).toContain('The hub says: A quorum has cosigned 3 entries');
  expect(said).toContain('two.example/w (key from the hub): has not cosigned');
});

it('finds a line that does not verify', async () => {
  // A signature over another time than the one that stands in the line.
  const line = one.cosign(note, Date.now()).slice(note.length);
  const at = line.lastIndexOf(' ') + 1;
  const forged = Buffer.from(line.slice(at).trim(), 'base64');
  forged[11] = (forged[11] ?? 0) ^ 1;
  hub(oneNeeded, `${note}${line.slice(0, at)}${forged.toString('base64')}\n`);
  const said = await verified('Broken');
  expect(said).toContain(
    'one.example/w (key from the hub): its line under the checkpoint does not',
  );
});

it('says that a word is too old', async () => {
  hub(oneNeeded, one.cosign(note, Date.now() - 6 * MINUTE));
  const said = await verified('Verified but stale: 3 entries');
  expect(said).toContain('What came after that may be missing');
  expect(said).toContain('that is old');
});

it('finds that the log was rewritten after a witness had cosigned it', async () => {
  const before = noteOf(testLog([...leaves.slice(0, 1), '{"n":"other"}']));
  hub(oneNeeded, one.cosign(before, Date.now()));
  const said = await verified('Broken');
  expect(said).toContain('rewritten');
  expect(said).toContain('this log was not found to begin with them');
});

it('finds that the log was cut after a witness had cosigned it', async () => {
  const before = noteOf(testLog([...leaves, '{"n":3}']));
  hub(oneNeeded, one.cosign(before, Date.now()));
  expect(await verified('Cut: 3 of 4 entries')).toContain('witnesses have cosigned');
});

it('could not look is neither good nor bad', async () => {
  hub(oneNeeded, 503);
  const said = await verified('Verified, witnesses not looked at: 3 entries');
  expect(said).toContain('Could not look: The hub refused checkpoint.cosigned');
  expect(said).toContain('This says nothing about the witnesses');
});

it('says so where the hub keeps the keys of its witnesses to itself', async () => {
  hub(undefined, one.cosign(note, Date.now()));
  await verified(/Could not look: The hub does not tell the keys/);
});

it('rests on a witness that a person knows, whatever the hub tells', async () => {
  know(two.key);
  hub(oneNeeded, one.cosign(note, Date.now()));
  const said = await verified('Verified (unwitnessed): 3 entries');
  expect(said).toContain('No witness that you know vouches');
  expect(said).toContain('two.example/w (key from you): has not cosigned');
  expect(said).toMatch(/one\.example\/w \(key from the hub\): vouches for the first 3/);
  expect(said).toContain(`spoor ledger verify --dir /state/ledger --witness ${two.key}`);
});

it('believes a known witness of a hub that names another one', async () => {
  know(two.key);
  hub(oneNeeded, two.cosign(note, Date.now()));
  const said = await verified('Verified: 3 entries');
  expect(said).toContain('A witness that you know vouches for the first 3 entries');
  expect(said).not.toContain('The keys came from this hub');
});

it('finds a wrong line of a known witness, though the hub has others', async () => {
  know(two.key);
  const line = two
    .cosign(noteOf(testLog(['{}'])), Date.now())
    .split('\n')
    .at(-2);
  hub(oneNeeded, `${one.cosign(note, Date.now())}${line}\n`);
  const said = await verified('Broken');
  expect(said).toContain('two.example/w (key from you): its line under the checkpoint does not');
});

it('takes a key by hand, keeps it, and forgets it again', async () => {
  hub(oneNeeded, one.cosign(note, Date.now()));
  const host = await mount(createElement(AuditScreen), '/audit');
  await until(host, 'Not verified yet');
  const type = (text: string): void => {
    const input = host.querySelector<HTMLInputElement>('#witness-key');
    if (input === null) throw new Error('there is no input');
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const add = async (text: string): Promise<void> => {
    const { act } = await import('react');
    await act(async () => type(text));
    await click(host, 'Add');
  };
  await add(log.leafHashes[0] ?? '');
  await until(host, 'This is no key of a witness');
  await add(` ${one.key}\n`);
  await until(host, 'Forget');
  await add(one.key);
  await until(host, 'This key is here already');
  await click(host, START);
  await until(host, 'A witness that you know vouches');
  expect(JSON.parse(localStorage.getItem('spoor.witnesses') ?? '')).toEqual([one.key]);
  await click(host, 'Forget');
  await until(host, 'Keys were added or forgotten since');
  expect(localStorage.getItem('spoor.witnesses')).toBe('[]');
});

it('looks anew where the log has grown while it was read', async () => {
  const grown = testLog([...leaves, '{"n":3}']);
  const { verifierKey } = log.answers['/api/v1/ledger'] as LedgerView;
  let first = true;
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const from = path === 'checkpoint' && first ? log : grown;
    if (path === 'checkpoint') first = false;
    return from.answers[`/ledger/${path}`] as Uint8Array | undefined;
  };
  const told = { known: [], policy: undefined, hasWitnesses: false, nowMs: Date.now() };
  const { result } = await verifyWithWitnesses({ read }, { verifierKey }, told);
  expect(result).toMatchObject({ status: 'unwitnessed', size: 4 });
});
