import type { Page, SessionView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { testApp } from '../support/app.ts';
import { batch, observation } from '../support/build.ts';

verifies(
  'identity:ordered',
  async () => {
    const testing = testApp();
    const read = async (path: string): Promise<Page<SessionView>> =>
      (await testing.call(path)).json() as Promise<Page<SessionView>>;
    const levels = ['verified', 'conflict', 'attested', 'conflict'] as const;
    const ids = levels.map((_, n) => `019a0000-0000-7000-8000-00000000010${n}`);
    for (const [n, level] of levels.entries()) {
      const made = observation(n + 1);
      const session = { id: ids[n] as typeof made.session.id, episode: 1 };
      const principal = { ...made.principal, level };
      testing.store.append(batch({ ...made, session, principal }));
    }
    const seen: string[] = [];
    const base = '/api/v1/sessions?limit=1&sort=identity';
    for (let path = base; path !== '' && seen.length < 9; ) {
      const { rows, next } = await read(path);
      seen.push(...rows.map(({ level }) => level));
      path = next === undefined ? '' : `${base}&before=${next}`;
    }
    expect(seen).toEqual(['conflict', 'conflict', 'attested', 'verified']);
    const only = await read('/api/v1/sessions?identity=attested');
    expect(only.rows.map(({ id }) => id)).toEqual([ids[2]]);
    for (const slip of [
      'sessions?identity=sure',
      'sessions?sort=level',
      `sessions?sort=identity&before=1.${ids[0]}`,
      `sessions?before=conflict.1.${ids[0]}&sort=identity&identity=`,
      'alerts?identity=%00',
    ])
      expect((await testing.call(`/api/v1/${slip}`)).status, slip).toBe(400);
  },
  { case: 'the API' },
);
