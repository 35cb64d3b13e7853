import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CallId, Observation, SessionId } from '@spoor/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { alert, batch, ended, facts, newId, observation } from '../support/build.ts';
import { temporaryFolder } from '../support/folder.ts';

const bytesIn = (path: string): string =>
  readdirSync(dirname(path))
    .map((name) => readFileSync(join(dirname(path), name), 'latin1'))
    .join('\n');

/** Markers stand in every member that content leaves a trace in. */
function marked(seq: number, session: SessionId, padding: number): Observation {
  const mark = (where: string): string => `mark-${where}-${seq}-of-${session}`;
  const print = `${String(seq).padStart(8, '0')}${session.slice(-8)}`;
  return observation(seq, {
    session: { id: session, episode: 1 },
    salt: mark('salt'),
    resource: `file:${mark('resource')}`,
    requestId: `~${mark('id')}`,
    intent: { cluster: mark('cluster'), covers: 'no', embedding: mark('embedding') },
    facts: {
      request: facts({
        digest: mark('digest'),
        projection: mark('projection') + 'x'.repeat(padding),
        paths: [{ path: mark('path'), type: 'string', bytes: 4 }],
        atoms: [{ print, kind: 'value', at: mark('at') }],
      }),
      flows: [
        {
          from: newId() as CallId,
          server: 'crm',
          tool: 'query',
          field: mark('field'),
          to: mark('to'),
          coverage: 1,
          labels: [],
          classes: [],
          instructionLike: false,
          inIntent: false,
        },
      ],
    },
  });
}

const tracesOf = (session: SessionId, text: string): string[] =>
  [...new Set(text.match(/mark-[a-z]+-\d+-of-[0-9a-f-]{36}/g))].filter((one) =>
    one.endsWith(session),
  );

verifies(
  'vault:shred',
  () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(9_000), { minLength: 12, maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        (paddings, size) => {
          const path = join(temporaryFolder(), 'store.db');
          const store = openSqliteStore(path);
          const sessions = [newId(), newId(), newId()] as SessionId[];
          const [gone, kept] = sessions as [SessionId, SessionId];
          const all = paddings.map((padding, i) =>
            marked(2 * i + 1, sessions[i % sessions.length] ?? gone, padding),
          );
          for (let at = 0; at < all.length; at += size)
            store.append(batch(...all.slice(at, at + size)));
          for (const one of all) store.append(batch(ended(one, one.seq + 1)));
          for (const one of all.slice(0, 6)) store.saveAlert(alert(one), one.id);
          expect(tracesOf(gone, bytesIn(path))).not.toEqual([]);
          const before = tracesOf(kept, bytesIn(path)).length;
          store.shred({ sessions: [gone], calls: [], atMs: 7 });
          expect(tracesOf(gone, bytesIn(path))).toEqual([]);
          expect(tracesOf(kept, bytesIn(path))).toHaveLength(before);
          const rows = store.observations(gone, 100);
          expect(rows).toHaveLength(all.filter((one) => one.session.id === gone).length);
          for (const row of rows) expect(row.shreddedMs).toBe(7);
          store.close();
        },
      ),
      { numRuns: 25 },
    );
  },
  { case: 'no byte of it in any file of the store', timeoutMs: 60_000 },
);

test('a call that is shredded takes what its prompt left with the calls after it', () => {
  const path = join(temporaryFolder(), 'store.db');
  const store = openSqliteStore(path);
  const session = newId() as SessionId;
  const prompt = { ...marked(1, session, 0), kind: 'intent' as const, outcome: 'ok' as const };
  const { intent } = prompt;
  const after = { ...marked(2, session, 0), ...(intent === undefined ? {} : { intent }) };
  store.append(batch(prompt, after));
  store.saveAlert(alert(after), 'print');
  store.shred({ sessions: [], calls: [prompt.id], atMs: 7 });
  const left = tracesOf(session, bytesIn(path));
  expect(left.filter((one) => one.includes('-1-of-'))).toEqual([]);
  expect(left.filter((one) => one.includes('projection-2-of-'))).toHaveLength(1);
  expect(store.session(session)?.intent).toBeUndefined();
  store.close();
  expect(tracesOf(session, bytesIn(path)).filter((one) => one.includes('-1-of-'))).toEqual([]);
});
