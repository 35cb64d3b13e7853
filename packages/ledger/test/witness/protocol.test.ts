import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { parseNote } from '../../src/note.ts';
import { readCosignature } from '../../src/verify/cosignature.ts';
import { parseWitnessKey } from '../../src/verify/key.ts';
import { formatAddCheckpoint } from '../../src/witness/index.ts';
import { entries, signerOf, Tree } from './logs.ts';
import { ask, log, ORIGIN, send, start } from './started.ts';

const tree = new Tree(entries(40));
const fork = new Tree([...entries(12), ...entries(28, 'other')]);
const thief = signerOf(ORIGIN, 2);

verifies(
  'witness:protocol',
  async () => {
    const splits: string[] = [];
    const { witness, key } = await start((_, note) => splits.push(note));
    expect(await ask(witness, tree, 0, 10)).toMatchObject({ status: 200 });
    const grown = await ask(witness, tree, 10, 23);
    expect(grown).toMatchObject({ status: 200, contentType: 'text/plain; charset=utf-8' });
    // The line, put after the checkpoint, is a cosignature of it.
    const parsed = parseNote(tree.note(log, ORIGIN, 23) + grown.body);
    const parsedKey = parseWitnessKey(key);
    if (parsed.status === 'invalid' || parsedKey === undefined) throw new Error('unreadable');
    const cosigned = readCosignature(parsed.note, parsedKey, Date.now());
    expect(cosigned).toMatchObject({ status: 'cosigned' });
    // The size it holds, where the proof begins elsewhere.
    const conflict = { status: 409, contentType: 'text/x.tlog.size', body: '23\n' };
    expect(await ask(witness, tree, 10, 30)).toEqual(conflict);
    expect(await ask(witness, tree, 0, 30)).toEqual(conflict);
    expect(await ask(witness, tree, 10, 12)).toEqual(conflict);
    // Again the same is cosigned anew.
    expect(await ask(witness, tree, 23, 23)).toMatchObject({ status: 200 });
    // Another root of that size, and a proof that begins in another tree.
    expect(splits).toEqual([]);
    expect(await ask(witness, fork, 23, 23)).toMatchObject({ status: 422 });
    expect(splits).toEqual([fork.note(log, ORIGIN, 23)]);
    expect(await ask(witness, fork, 10, 23)).toEqual(conflict);
    expect(splits).toHaveLength(2);
    expect(await ask(witness, fork, 23, 30)).toMatchObject({ status: 422 });
    const bare = formatAddCheckpoint(23, [], tree.note(log, ORIGIN, 30));
    expect(await send(witness, bare)).toMatchObject({ status: 422 });
    expect(await ask(witness, tree, 24, 23)).toMatchObject({ status: 400 });
    expect(witness.counts).toEqual({ 200: 3, 400: 1, 403: 0, 404: 0, 409: 4, 422: 3, 503: 0 });
  },
  { case: 'growth is cosigned; 409, 422 and 400 where it is none' },
);

const good = tree.note(log, ORIGIN, 5);
const hashLine = `${Buffer.alloc(32).toString('base64')}\n`;

const MALFORMED = [
  '',
  good,
  `old 00\n\n${good}`,
  `old -1\n\n${good}`,
  `old 5 \n\n${good}`,
  `Old 5\n\n${good}`,
  `old 5\r\n\r\n${good}`,
  `old 5\nAAAA\n\n${good}`,
  `old 5\nnot base64\n\n${good}`,
  `old 5\n\n${good.slice(0, -1)}`,
  `old 5\n\n${good.replace('\n5\n', '\n05\n')}`,
  `old 5\n\n${good.replace('\n5\n', '\n9007199254740993\n')}`,
  `old 5\n${hashLine.repeat(64)}\n${good}`,
  `old 5\n\n${good}${' '.repeat(100_000)}`,
];

verifies(
  'witness:protocol',
  async () => {
    const { witness } = await start();
    const unknown = `old 0\n\n${tree.note(log, 'log.example/two', 5)}`;
    expect(await send(witness, unknown)).toMatchObject({ status: 404 });
    const forged = `old 0\n\n${tree.note(thief, ORIGIN, 5)}`;
    expect(await send(witness, forged)).toMatchObject({ status: 403 });
    expect(await send(witness, `old 0\n\n${good}`)).toMatchObject({ status: 200 });
    for (const body of MALFORMED) {
      expect(await send(witness, body), body.slice(0, 60)).toMatchObject({ status: 400 });
    }
    const noText = Buffer.from(`old 5\n\n${good}`).fill(0xff, 8, 9);
    expect(await witness.add(noText)).toMatchObject({ status: 400 });
    // A line of another key may stand beside a good one; a wrong one of this key may not.
    const two = good + tree.note(thief, ORIGIN, 5).split('\n\n')[1];
    expect(await send(witness, `old 5\n\n${two}`)).toMatchObject({ status: 200 });
    const wrong = good + tree.note(log, ORIGIN, 6).split('\n\n')[1];
    expect(await send(witness, `old 5\n\n${wrong}`)).toMatchObject({ status: 403 });
  },
  { case: '404, 403 and 400' },
);
