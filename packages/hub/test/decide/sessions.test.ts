import { LIMITS } from '@spoor/core';
import type { HostInfo } from '@spoor/edge';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuMs } from '../../../../test/times.ts';
import { Sessions } from '../../src/decide/sessions.ts';
import { countingRandom, hello, START_MS } from '../support/build.ts';

const NOW = START_MS;
const newSessions = (max?: number): Sessions => new Sessions(countingRandom(), [], max);

const host = (pid: number, ...ancestors: number[]): HostInfo => ({
  process: { pid, start: '1' },
  name: `program-${pid}`,
  ancestors: [pid, ...ancestors].map((one) => ({ pid: one, start: '1' })),
  uid: 1000,
});

const server = (pid?: number) => ({
  name: 'crm',
  transport: 'stdio' as const,
  ...(pid === undefined ? {} : { process: { pid, start: '1' } }),
});

describe('which session a connection belongs to', () => {
  test('one host is one session, another host another', () => {
    const sessions = newSessions();
    const { session } = sessions.resolve(host(100), NOW);
    expect(sessions.resolve(host(100), NOW + 1).session).toBe(session);
    expect(sessions.resolve(host(200), NOW).session.id).not.toBe(session.id);
    expect(session).toMatchObject({ agent: 'program-100', episode: 1 });
  });

  test('what a sensor states stands in place of the host, for as long as it states it', () => {
    const sessions = newSessions();
    const { session } = sessions.resolve(host(100), NOW, 'ab'.repeat(16));
    expect(sessions.resolve(host(200), NOW, 'ab'.repeat(16)).session).toBe(session);
    expect(sessions.resolve(host(100), NOW).session).not.toBe(session);
  });

  test('a process number that is given out again is another host', () => {
    const sessions = newSessions();
    const { session } = sessions.resolve(host(100), NOW);
    const reborn = { ...host(100), process: { pid: 100, start: '2' } };
    expect(sessions.resolve(reborn, NOW).session.id).not.toBe(session.id);
  });

  test('what runs below a wrapped server belongs to the session of that server', () => {
    const sessions = newSessions();
    const { session } = sessions.resolve(host(100), NOW);
    const { open } = sessions.serve(server(500), session);
    const nested = sessions.resolve(host(600, 500, 100), NOW);
    expect(nested.session).toBe(session);
    expect(nested.parent?.calls).toBe(open);
  });

  test('after the server has left, its process stands for nothing', () => {
    const sessions = newSessions();
    const { session } = sessions.resolve(host(100), NOW);
    sessions.serve(server(500), session).leave();
    expect(sessions.resolve(host(600, 500), NOW).parent).toBeUndefined();
  });

  test('an old connection that closes late does not undo the new one of the same server', () => {
    const sessions = newSessions();
    const { session } = sessions.resolve(host(100), NOW);
    const old = sessions.serve(server(500), session);
    const { open } = sessions.serve(server(500), session);
    old.leave();
    expect(sessions.resolve(host(600, 500), NOW).parent?.calls).toBe(open);
  });

  test('a server without a process nests nothing', () => {
    const sessions = newSessions();
    const { session } = sessions.resolve(host(100), NOW);
    sessions.serve(server(), session).leave();
    expect(sessions.resolve(host(200, 500), NOW).session.id).not.toBe(session.id);
  });

  test('comes back after a restart of the hub', () => {
    const before = newSessions();
    const { session } = before.resolve(host(100), NOW);
    session.intent = 'abcdef01';
    const binding = before.changed(session);
    const after = new Sessions(countingRandom(), binding === undefined ? [] : [binding]);
    expect(after.resolve(host(100), NOW).session).toEqual({
      ...binding,
      intent: 'abcdef01',
    });
    expect(after.size).toBe(1);
  });

  test('the longest silent session makes room', () => {
    const sessions = newSessions(3);
    const ids = [1, 2, 3].map((pid) => sessions.resolve(host(pid), NOW + pid).session);
    if (ids[0] !== undefined) sessions.touch(ids[0], NOW + 10, false);
    sessions.resolve(host(4), NOW + 11);
    expect(sessions.size).toBe(3);
    expect(sessions.resolve(host(1), NOW).session).toBe(ids[0]);
    expect(sessions.resolve(host(2), NOW).session.id).not.toBe(ids[1]?.id);
    expect(sessions.size).toBe(3);
  });
});

test('who makes room is the longest silent, in whatever order they were active', () => {
  const step = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 90_000 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const sessions = newSessions(5);
      const lastMs = new Map<number, number>();
      let nowMs = NOW;
      for (const [pid, laterMs] of steps) {
        nowMs += laterMs;
        const isNew = !lastMs.has(pid);
        const idlest = [...lastMs].sort(([, a], [, b]) => a - b)[0]?.[0];
        sessions.touch(sessions.resolve(host(pid), nowMs).session, nowMs, false);
        if (isNew && lastMs.size === 5 && idlest !== undefined) lastMs.delete(idlest);
        lastMs.set(pid, nowMs);
      }
      const ids = [...lastMs.keys()].map((pid) => sessions.resolve(host(pid), nowMs).session.id);
      expect(new Set(ids).size).toBe(lastMs.size);
      expect(sessions.size).toBe(lastMs.size);
      for (const [pid, ms] of lastMs)
        expect(sessions.resolve(host(pid), nowMs).session.lastMs).toBe(ms);
    }),
  );
});

test('room is made without a look at every session', () => {
  const sessions = newSessions(20_000);
  const begin = cpuMs();
  for (let pid = 1; pid <= 20_000; pid++) sessions.resolve(host(pid), NOW + pid);
  const filled = cpuMs();
  for (let pid = 1; pid <= 20_000; pid++) sessions.resolve(host(20_000 + pid), NOW + 20_000 + pid);
  expect(cpuMs() - filled).toBeLessThan(50 * (filled - begin) + 500);
  expect(sessions.size).toBe(20_000);
});

describe('episodes', () => {
  test('go on while something happens', () => {
    const sessions = newSessions();
    const { session } = sessions.resolve(host(100), NOW);
    const { trace } = session;
    expect(sessions.touch(session, NOW + LIMITS.episodeIdleMs, false)).toBe(false);
    expect(sessions.touch(session, NOW + 2 * LIMITS.episodeIdleMs, false)).toBe(false);
    expect(session).toMatchObject({ episode: 1, trace });
  });

  test('end with a silence, and the next has a trace of its own', () => {
    const sessions = newSessions();
    const { session } = sessions.resolve(host(100), NOW);
    const { trace, root } = session;
    expect(sessions.touch(session, NOW + LIMITS.episodeIdleMs + 1, false)).toBe(true);
    expect(session.episode).toBe(2);
    expect(session.trace).not.toBe(trace);
    expect(session.root).not.toBe(root);
  });

  test('end with a new prompt, but the first prompt begins none', () => {
    const sessions = newSessions();
    const { session } = sessions.resolve(host(100), NOW);
    expect(sessions.touch(session, NOW, true)).toBe(false);
    session.intent = 'abcdef01';
    expect(sessions.touch(session, NOW, true)).toBe(true);
    expect(session.episode).toBe(2);
  });

  test('a clock that steps back begins none', () => {
    const sessions = newSessions();
    const { session } = sessions.resolve(host(100), NOW);
    expect(sessions.touch(session, NOW - 2 * LIMITS.episodeIdleMs, false)).toBe(false);
    expect(session.lastMs).toBe(NOW);
  });
});

test('the store is told of news, and of mere activity once a minute', () => {
  const sessions = newSessions();
  const { session } = sessions.resolve(host(100), NOW);
  expect(sessions.changed(session)).toMatchObject({ host: '100.1', episode: 1 });
  sessions.touch(session, NOW + 59_999, false);
  expect(sessions.changed(session)).toBeUndefined();
  sessions.touch(session, NOW + 60_000, false);
  expect(sessions.changed(session)).toMatchObject({ lastMs: NOW + 60_000 });
  session.intent = 'abcdef01';
  expect(sessions.changed(session)).toMatchObject({ intent: 'abcdef01' });
});

describe("a host's own session", () => {
  const host = (pid: number) => ({ ...hello().host, process: { pid, start: '1' }, ancestors: [] });

  test('goes on in another process', () => {
    const sessions = new Sessions(countingRandom(), []);
    const { session } = sessions.resolve(host(1), START_MS, undefined, 'aa'.repeat(16));
    expect(sessions.resolve(host(2), START_MS, undefined, 'aa'.repeat(16)).session).toBe(session);
    expect(sessions.resolve(host(2), START_MS).session).toBe(session);
    expect(sessions.resolve(host(3), START_MS, undefined, 'bb'.repeat(16)).session).not.toBe(
      session,
    );
  });

  test('joins the wrappers of its process', () => {
    const sessions = new Sessions(countingRandom(), []);
    const { session } = sessions.resolve(host(1), START_MS);
    expect(sessions.resolve(host(1), START_MS, undefined, 'aa'.repeat(16)).session).toBe(session);
    expect(sessions.resolve(host(1), START_MS, undefined, 'bb'.repeat(16)).session).toBe(session);
  });

  test('is still known after a restart of the hub', () => {
    const before = new Sessions(countingRandom(), []);
    const { session } = before.resolve(host(1), START_MS, undefined, 'aa'.repeat(16));
    const binding = before.changed(session);
    const after = new Sessions(countingRandom(), binding === undefined ? [] : [binding]);
    expect(after.resolve(host(2), START_MS, undefined, 'aa'.repeat(16)).session.id).toBe(
      session.id,
    );
  });
});

test('a server is fronted while a sensor stands before it, however its name is written', () => {
  const sessions = new Sessions(countingRandom(), []);
  const { session } = sessions.resolve(hello().host, START_MS);
  const [one, two] = [sessions.front(session, 'My.Drive'), sessions.front(session, 'My.Drive')];
  expect(sessions.isFronted(session, 'my_drive')).toBe(true);
  expect(sessions.isFronted(session, 'drive')).toBe(false);
  one();
  expect(sessions.isFronted(session, 'my_drive')).toBe(true);
  two();
  expect(sessions.isFronted(session, 'my_drive')).toBe(false);
});
