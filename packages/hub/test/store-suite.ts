import type { Alert, IdentityLevel, Observation, SessionView, TraceId } from '@spoor/core';
import type { NormRow } from '@spoor/detect';
import { describe, expect, onTestFinished } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import type { SessionBinding } from '../src/decide/sessions.ts';
import type { Store } from '../src/store/store.ts';
import {
  alert,
  batch,
  denied,
  ended,
  knownTool,
  OTHER_SESSION,
  observation,
  START_MS,
} from './support/build.ts';

const test = (title: string, prove: () => void): void =>
  verifies('store:contract', prove, { case: title });

/** What every engine of the `Store` contract must do; the factory makes an empty store. */
export function storeSuite(name: string, open: () => Store): void {
  const emptyStore = (): Store => {
    const store = open();
    onTestFinished(() => store.close());
    return store;
  };
  describe(`${name}: observations`, () => observationTests(emptyStore));
  describe(`${name}: traces`, () => traceTests(emptyStore));
  describe(`${name}: appending`, () => appendTests(emptyStore));
  describe(`${name}: sessions`, () => sessionTests(emptyStore));
  describe(`${name}: levels of identity`, () => identityTests(emptyStore));
  describe(`${name}: alerts`, () => alertTests(emptyStore));
  describe(`${name}: tools, hosts and counts`, () => catalogueTests(emptyStore));
  describe(`${name}: retention`, () => retentionTests(emptyStore));
}

const UNLIMITED = Number.MAX_SAFE_INTEGER;
const SESSION = observation(0).session.id;
const CASE = 'c-bcdfghjkmn';

function observationTests(emptyStore: () => Store): void {
  test('an empty store has nothing and says so', () => {
    const store = emptyStore();
    expect(store.lastSeq()).toBe(0);
    expect(store.session(SESSION)).toBeUndefined();
    expect(store.observations(SESSION, 10)).toEqual([]);
    expect(store.observation('none')).toBeUndefined();
    expect(store.sessions({ limit: 10 })).toEqual([]);
    expect(store.alerts({ open: false, limit: 10 })).toEqual([]);
    expect(store.counts(0)).toEqual({ calls: 0, byRule: {}, byTool: {} });
  });

  test('gives back what was appended, whole', () => {
    const store = emptyStore();
    const begun = observation(1);
    store.append(batch(begun));
    expect(store.observation(begun.id)).toEqual(begun);
    expect(store.lastSeq()).toBe(1);
  });

  test('the newest state of a call is shown, at the place where it began', () => {
    const store = emptyStore();
    const first = observation(1);
    const second = observation(2);
    store.append(batch(first, second, ended(second, 3), ended(first, 4)));
    const shown = store.observations(SESSION, 10);
    expect(shown.map(({ id, outcome }) => [id, outcome])).toEqual([
      [first.id, 'ok'],
      [second.id, 'ok'],
    ]);
    expect(store.observation(first.id)?.seq).toBe(4);
  });

  test('a limit keeps the newest calls', () => {
    const store = emptyStore();
    const all = [1, 2, 3, 4].map((seq) => observation(seq));
    store.append(batch(...all));
    expect(store.observations(SESSION, 2)).toEqual(all.slice(2));
  });

  test('replays in the order of seq, whatever the order of appending', () => {
    const store = emptyStore();
    store.append(batch(observation(3)));
    store.append(batch(observation(1), observation(2)));
    expect(store.replay(0, 10).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(store.replay(START_MS + 2, 10).map(({ seq }) => seq)).toEqual([2, 3]);
    expect(store.replay(0, 2).map(({ seq }) => seq)).toEqual([2, 3]);
  });
}

function traceTests(emptyStore: () => Store): void {
  test('a trace is found whole, from whichever session, and no other', () => {
    const store = emptyStore();
    const own = (trace: string, seq: number): Observation => {
      const made = observation(seq);
      return { ...made, trace: { ...made.trace, trace: trace as TraceId } };
    };
    const first = own('a'.repeat(32), 1);
    const second = { ...own('a'.repeat(32), 2), session: { id: OTHER_SESSION, episode: 1 } };
    store.append(batch(first, second, own('b'.repeat(32), 3), ended(first, 4)));
    const found = store.trace('a'.repeat(32), 10);
    expect(found.map(({ id, outcome }) => [id, outcome])).toEqual([
      [first.id, 'ok'],
      [second.id, 'pending'],
    ]);
    expect(store.trace('a'.repeat(32), 1)).toHaveLength(1);
    expect(store.trace('c'.repeat(32), 10)).toEqual([]);
  });

  test('traces of a time are listed, the newest first, and whether those are all', () => {
    const store = emptyStore();
    const own = (trace: string, seq: number, server: string): Observation => {
      const made = observation(seq);
      const ref = { ...made.trace, trace: trace.repeat(32) as TraceId };
      return { ...made, trace: ref, server: { ...made.server, name: server } };
    };
    store.append(batch(own('a', 1, 'crm'), own('b', 2, 'drive'), own('a', 3, 'drive')));
    const ask = (more: Partial<Parameters<Store['traces']>[0]>): string => {
      const all = { fromMs: 0, toMs: UNLIMITED, limit: 10, rowsMax: 10, ...more };
      const { traces, complete } = store.traces(all);
      return `${traces.map((trace) => trace[0]).join('')} ${complete}`;
    };
    expect(ask({})).toBe('ab true');
    expect(ask({ limit: 1 })).toBe('a true');
    expect(ask({ server: 'crm' })).toBe('a true');
    expect(ask({ server: 'none' })).toBe(' true');
    expect(ask({ fromMs: START_MS + 2, toMs: START_MS + 2 })).toBe('b true');
    expect(ask({ rowsMax: 2 })).toBe('ab false');
    expect(ask({ rowsMax: 2, server: 'crm' })).toBe(' false');
  });
}

function appendTests(emptyStore: () => Store): void {
  test('a row that is appended again counts once', () => {
    const store = emptyStore();
    const call = denied(observation(1), CASE);
    store.append(batch(call));
    store.append(batch(call));
    expect(store.session(SESSION)).toMatchObject({ calls: 1, denied: 1 });
    expect(store.replay(0, 10)).toEqual([call]);
  });

  test('a batch is taken whole or not at all', () => {
    const store = emptyStore();
    const broken = { ...observation(2), seq: 'two' as unknown as number };
    expect(() => store.append(batch(observation(1), broken))).toThrow(
      expect.objectContaining({ code: 'STORE_UNAVAILABLE' }),
    );
    expect(store.lastSeq()).toBe(0);
    expect(store.session(SESSION)).toBeUndefined();
    store.append(batch(observation(1)));
    expect(store.lastSeq()).toBe(1);
  });

  test('finds a case, in its newest state', () => {
    const store = emptyStore();
    const call = denied(observation(1), CASE);
    store.append(batch(call, observation(2)));
    expect(store.byCase(CASE)).toEqual(call);
    expect(store.byCase('c-other00000')).toBeUndefined();
  });

  test('knows the ledger entries of a call, in order', () => {
    const store = emptyStore();
    const begun = observation(1);
    const ledger = { index: 7, leafHash: 'ab' };
    store.append(batch({ ...begun, ledger }, observation(2)));
    store.append(batch({ ...ended(begun, 3), ledger: { ...ledger, index: 9 } }));
    expect(store.ledgerIndexes(begun.id)).toEqual([7, 9]);
    expect(store.ledgerIndexes('none')).toEqual([]);
  });
}

function sessionTests(emptyStore: () => Store): void {
  test('sums up what happened in a session', () => {
    const store = emptyStore();
    const begun = observation(1);
    const mail = denied(observation(3, { server: { name: 'mail', transport: 'stdio' } }), CASE);
    const intent = observation(4, {
      kind: 'intent',
      outcome: 'ok',
      facts: { request: { ...observation(4).facts.request, projection: '"send it"' }, flows: [] },
    } as Parameters<typeof observation>[1]);
    const listed = observation(5, { kind: 'tool.list', outcome: 'ok' });
    store.append(batch(begun, ended(begun, 2), mail, intent, listed));
    expect(store.session(SESSION)).toEqual({
      id: SESSION,
      agent: 'host',
      level: 'unverified',
      startMs: START_MS + 1,
      lastMs: START_MS + 5,
      servers: ['crm', 'mail'],
      calls: 2,
      denied: 1,
      alerts: 0,
      intent: '"send it"',
    });
  });

  test('a call that was told only afterwards is a call', () => {
    const store = emptyStore();
    store.append(batch(observation(1, { outcome: 'ok', covered: false })));
    expect(store.session(SESSION)?.calls).toBe(1);
  });

  test('pages through all sessions once, newest first, also where many share a time', () => {
    const store = emptyStore();
    const ids = Array.from({ length: 7 }, (_, n) => `019a0000-0000-7000-8000-00000000010${n}`);
    ids.forEach((id, n) => {
      const time = { startMs: START_MS, hubMs: START_MS + Math.floor(n / 4) };
      const session = { id: id as typeof SESSION, episode: 1 };
      store.append(batch(observation(n + 1, { session, time })));
    });
    const seen: { readonly lastMs: number; readonly id: string }[] = [];
    for (let page = store.sessions({ limit: 2 }); page.length > 0; ) {
      seen.push(...page.map(({ lastMs, id }) => ({ lastMs, id })));
      const before = seen.at(-1);
      page = store.sessions({ limit: 2, ...(before === undefined ? {} : { before }) });
    }
    expect(seen.map(({ id }) => id).sort()).toEqual(ids);
    expect(seen.map(({ lastMs }) => lastMs)).toEqual(
      [...seen.map(({ lastMs }) => lastMs)].sort().reverse(),
    );
  });

  test('the gravest alert stands for the session', () => {
    const store = emptyStore();
    const call = observation(1);
    store.append(batch(call));
    const low = alert(call);
    const levels = ['low', 'critical', 'medium'] as const;
    for (const level of levels)
      store.saveAlert(alert(call, { rule: { ...low.rule, level } }), level);
    expect(store.session(SESSION)).toMatchObject({ alerts: 3, worst: 'critical' });
  });
}

function identityTests(emptyStore: () => Store): void {
  test('the least proved of its calls stands for the session, and no list does', () => {
    const store = emptyStore();
    const as = (n: number, level: IdentityLevel, more: object = {}): Observation => {
      const made = observation(n, more);
      return { ...made, principal: { ...made.principal, level } };
    };
    const levelAfter = (...rows: readonly Observation[]): string | undefined => {
      store.append(batch(...rows));
      return store.session(SESSION)?.level;
    };
    expect(levelAfter(as(1, 'unverified', { kind: 'tool.list' }))).toBe('unverified');
    expect(levelAfter(as(2, 'verified'))).toBe('verified');
    expect(levelAfter(as(3, 'attested'), as(4, 'verified'))).toBe('attested');
    expect(levelAfter(as(5, 'unverified', { kind: 'tool.list' }))).toBe('attested');
    expect(levelAfter(as(6, 'conflict'), as(7, 'verified'))).toBe('conflict');
    expect(levelAfter(as(8, 'verified'))).toBe('conflict');
  });

  verifies(
    'identity:ordered',
    () => {
      const store = emptyStore();
      const levels = ['verified', 'unverified', 'conflict', 'attested', 'unverified'] as const;
      for (const [n, level] of levels.entries()) {
        const id = `019a0000-0000-7000-8000-00000000020${n}` as typeof SESSION;
        const made = observation(n + 1, { session: { id, episode: 1 } });
        store.append(batch({ ...made, principal: { ...made.principal, level } }));
      }
      const seen: SessionView[] = [];
      const order = { limit: 2, leastProvedFirst: true };
      for (let page = store.sessions(order); page.length > 0; ) {
        seen.push(...page);
        const before = seen.at(-1);
        page = store.sessions({ ...order, ...(before === undefined ? {} : { before }) });
      }
      expect(seen.map(({ id, level }) => `${id.at(-1)} ${level}`)).toEqual([
        '2 conflict',
        '4 unverified',
        '1 unverified',
        '3 attested',
        '0 verified',
      ]);
      const only = store.sessions({ limit: 9, identity: 'unverified' });
      expect(only.map(({ id }) => id.at(-1))).toEqual(['4', '1']);
    },
    { case: 'sessions in the store' },
  );

  verifies(
    'identity:ordered',
    () => {
      const store = emptyStore();
      const levels = ['attested', 'conflict', undefined, 'unverified'] as const;
      for (const [n, level] of levels.entries()) {
        const made = alert(observation(n + 1), { lastMs: START_MS + n });
        const who = level && { who: { level, agent: 'claude', pseudonym: 'aa', evidence: [] } };
        const detection = { ...made.detection, ...who };
        store.saveAlert({ ...made, id: `${n}`, detection }, `${n}`);
      }
      const ids = (more: object): readonly string[] =>
        store.alerts({ open: false, limit: 9, ...more }).map(({ id }) => id);
      expect(ids({ leastProvedFirst: true })).toEqual(['1', '3', '0', '2']);
      expect(ids({ identity: 'conflict' })).toEqual(['1']);
      expect(ids({})).toEqual(['3', '2', '1', '0']);
    },
    { case: 'alerts in the store' },
  );
}

function alertTests(emptyStore: () => Store): void {
  const filled = (): { readonly store: Store; readonly open: Alert; readonly closed: Alert } => {
    const store = emptyStore();
    const other = observation(2, { session: { id: OTHER_SESSION, episode: 1 } });
    const open = alert(observation(1));
    const closed = alert(other, { status: 'dismissed' });
    store.saveAlert(open, 'first');
    store.saveAlert(closed, 'second');
    return { store, open, closed };
  };

  test('are listed newest first, and filtered', () => {
    const { store, open, closed } = filled();
    expect(store.alerts({ open: false, limit: 10 })).toEqual([closed, open]);
    expect(store.alerts({ open: false, limit: 1 })).toEqual([closed]);
    expect(store.alerts({ open: true, limit: 10 })).toEqual([open]);
    expect(store.alerts({ open: false, limit: 10, session: OTHER_SESSION })).toEqual([closed]);
    const call = open.detection.path[0]?.call ?? '';
    expect(store.alerts({ open: false, limit: 10, call })).toEqual([open]);
    expect(store.alerts({ open: false, limit: 10, call: 'none' })).toEqual([]);
  });

  test('an alert of the same fingerprint replaces, another joins', () => {
    const { store, open } = filled();
    const again: Alert = { ...open, count: 2, lastMs: open.lastMs + 10 };
    store.saveAlert(again, 'first');
    expect(store.alertByFingerprint('first')).toEqual(again);
    expect(store.alert(open.id)).toEqual(again);
    expect(store.alerts({ open: false, limit: 10 })).toHaveLength(2);
    expect(store.alertByFingerprint('third')).toBeUndefined();
  });

  test('an update keeps the fingerprint', () => {
    const { store, open } = filled();
    const next: Alert = { ...open, status: 'resolved' };
    store.updateAlert(next);
    expect(store.alertByFingerprint('first')).toEqual(next);
    expect(store.alerts({ open: true, limit: 10 })).toEqual([]);
  });
}

function catalogueTests(emptyStore: () => Store): void {
  test('what is usual is kept by kind and key, the newest, until it is removed', () => {
    const store = emptyStore();
    const row = (key: string, value?: readonly string[]) =>
      ({ kind: 'declared', key, ...(value === undefined ? {} : { value }) }) as NormRow;
    const seq: NormRow = { kind: 'seq', key: '', value: 7 };
    store.append({ ...batch(), norms: [row('a', ['x']), row('b', ['x']), seq] });
    store.append({ ...batch(), norms: [row('a', ['y']), row('b')] });
    expect(store.norms()).toEqual([row('a', ['y']), seq]);
  });

  const binding: SessionBinding = {
    host: '100.1',
    id: SESSION,
    agent: 'claude',
    episode: 2,
    trace: '1'.repeat(32),
    root: '2'.repeat(16),
    lastMs: START_MS,
    intent: 'abcdef01',
  };

  test('definitions come back, the newest of each tool', () => {
    const store = emptyStore();
    const tool = knownTool('crm', 'query');
    const newer = { ...tool, lastMs: START_MS + 1 };
    store.append({ ...batch(), definitions: [tool, knownTool('mail', 'query')] });
    store.append({ ...batch(), definitions: [newer] });
    expect(store.definitions()).toEqual([newer, knownTool('mail', 'query')]);
    expect([...store.declaredArguments('crm', 'query')]).toEqual(['to', 'rows']);
    expect(store.declaredArguments('crm', 'other').size).toBe(0);
  });

  test('bindings come back, the newest of each host', () => {
    const store = emptyStore();
    const newer = { ...binding, episode: 3 };
    store.append({ ...batch(), bindings: [binding, { ...binding, host: '200.1', lastMs: 5 }] });
    store.append({ ...batch(), bindings: [newer] });
    expect(store.bindings(START_MS)).toEqual([newer]);
    expect(store.bindings(0)).toHaveLength(2);
  });

  test('counts calls, not rows, from a time on', () => {
    const store = emptyStore();
    const begun = observation(1);
    const other = observation(3, { tool: { name: 'send', labels: [] } });
    store.append(batch(begun, ended(begun, 2), other));
    store.saveAlert(alert(other, { count: 4 }), 'print');
    expect(store.counts(0)).toEqual({
      calls: 2,
      newestMs: START_MS + 3,
      byRule: { 'a-rule': 4 },
      byTool: { 'crm\nquery': 1, 'crm\nsend': 1 },
    });
    expect(store.counts(START_MS + 3).byTool).toEqual({ 'crm\nsend': 1 });
    expect(store.counts(START_MS + 4)).toMatchObject({ calls: 0, byRule: {} });
  });
}

function retentionTests(emptyStore: () => Store): void {
  test('by age takes what is older, and what was only about it', () => {
    const store = emptyStore();
    const old = observation(1);
    const young = observation(10, { session: { id: OTHER_SESSION, episode: 1 } });
    store.append(batch(old, young));
    store.saveAlert(alert(old), 'old');
    store.saveAlert(alert(young), 'young');
    expect(store.prune(START_MS + 5, UNLIMITED)).toBe(1);
    expect(store.observation(old.id)).toBeUndefined();
    expect(store.sessions({ limit: 9 }).map(({ id }) => id)).toEqual([OTHER_SESSION]);
    expect(store.alertByFingerprint('old')).toBeUndefined();
    expect(store.alertByFingerprint('young')).toBeDefined();
    expect(store.prune(START_MS + 5, UNLIMITED)).toBe(0);
  });

  test('never gives a seq twice, even when all is gone', () => {
    const store = emptyStore();
    store.append(batch(observation(41)));
    store.prune(UNLIMITED, UNLIMITED);
    expect(store.replay(0, 10)).toEqual([]);
    expect(store.lastSeq()).toBe(41);
  });

  test('by size takes the oldest until the rest fits', () => {
    const store = emptyStore();
    const wide = { projection: 'x'.repeat(8_000) };
    const rows = Array.from({ length: 2_400 }, (_, n) => n + 1);
    const last = observation(20_000);
    const template = observation(0);
    const request = { ...template.facts.request, ...wide } as typeof template.facts.request;
    store.append(
      batch(
        ...rows.map((seq) =>
          observation(
            seq,
            seq % 4 === 0 ? { facts: { flows: [], ...(request && { request }) } } : {},
          ),
        ),
        last,
      ),
    );
    expect(store.prune(0, 1_000)).toBe(2_401);
    store.append(batch(last));
    expect(store.observation(last.id)).toEqual(last);
    expect(store.prune(0, 16_777_216)).toBe(0);
  });
}
