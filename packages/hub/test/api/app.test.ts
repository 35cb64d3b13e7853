import { type Alert, CodedError, type Page, type Problem, type SessionView } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../support/app.ts';
import { alert, batch, denied, facts, knownTool, observation, START_MS } from '../support/build.ts';

const CASE = 'c-bcdfghjkmn';

const get = async <Value>({ call }: TestApp, path: string): Promise<Value> => {
  const response = await call(path);
  expect(response.status).toBe(200);
  return (await response.json()) as Value;
};

const post = ({ call }: TestApp, path: string, body: unknown): Promise<Response> =>
  call(path, { method: 'POST', body: JSON.stringify(body) });

const refusal = async (response: Response): Promise<string> =>
  ((await response.json()) as Problem).code;

describe('sessions', () => {
  test('are paged through by the cursor of the page before', async () => {
    const testing = testApp();
    const ids = [1, 2, 3, 4, 5].map((n) => `019a0000-0000-7000-8000-00000000010${n}`);
    const time = { startMs: START_MS, hubMs: START_MS };
    const session = observation(0).session;
    ids.forEach((id, n) => {
      const own = { id: id as typeof session.id, episode: 1 };
      testing.store.append(batch(observation(n + 1, { session: own, time })));
    });
    const seen: string[] = [];
    let path = '/api/v1/sessions?limit=2';
    for (let pages = 0; path !== '' && pages < 9; pages++) {
      const { rows, next } = await get<Page<SessionView>>(testing, path);
      seen.push(...rows.map(({ id }) => id));
      path = next === undefined ? '' : `/api/v1/sessions?limit=2&before=${next}`;
    }
    expect(seen.sort()).toEqual(ids);
  });

  test('show calls without fingerprints, and say when the oldest are gone', async () => {
    const testing = testApp();
    const call = observation(1, { facts: { request: facts({ projection: '"x"' }), flows: [] } });
    testing.store.append(batch(call, observation(2)));
    const path = `/api/v1/sessions/${call.session.id}`;
    const detail = await get<{ observations: unknown[]; partial: boolean }>(testing, path);
    expect(detail.observations).toHaveLength(2);
    expect(detail.partial).toBe(false);
    expect(JSON.stringify(detail)).not.toContain('0123456789abcdef');
    expect(JSON.stringify(detail)).not.toContain('projection');
    testing.store.prune(START_MS + 2, Number.MAX_SAFE_INTEGER);
    expect(await get(testing, path)).toMatchObject({ partial: true });
  });

  test('a call comes with its ledger entries and alerts', async () => {
    const entry = {
      index: 4,
      kind: 'call.request',
      leaf: '{}',
      leafHash: 'ab',
      state: 'published',
    };
    const testing = testApp(() => [entry]);
    const call = observation(1, { ledger: { index: 4, leafHash: 'ab' } });
    testing.store.append(batch(call));
    testing.store.saveAlert(alert(call), 'print');
    const detail = await get<{ ledger: unknown; alerts: unknown[] }>(
      testing,
      `/api/v1/calls/${call.id}`,
    );
    expect(testing.asked).toEqual([{ kind: 'entries', indexes: [4] }]);
    expect(detail.ledger).toEqual([entry]);
    expect(detail.alerts).toHaveLength(1);
  });
});

describe('cases', () => {
  test('are explained and allowed once', async () => {
    const testing = testApp();
    const call = denied(observation(1), CASE);
    testing.store.append(batch(call));
    const path = `/api/v1/cases/${CASE}`;
    expect(await get(testing, path)).toMatchObject({ case: CASE, allowedOnce: false });
    const allowed = await post(testing, `${path}/allow`, {});
    expect(await allowed.json()).toMatchObject({ allowedOnce: true });
    expect(testing.asked).toEqual([{ kind: 'allow', observation: call }]);
  });

  test('that are unknown or no case id are refused alike', async () => {
    const testing = testApp();
    for (const id of ['c-0000000000', 'c-', "c-' OR 1=1", '%3Cscript%3E']) {
      const response = await testing.call(`/api/v1/cases/${encodeURIComponent(id)}`);
      expect([response.status, await refusal(response)]).toEqual([404, 'CASE_UNKNOWN']);
    }
  });

  test('tell why the deciding thread refused', async () => {
    const testing = testApp(() => {
      throw new CodedError('CASE_EXPIRED', CASE);
    });
    testing.store.append(batch(denied(observation(1), CASE)));
    const response = await post(testing, `/api/v1/cases/${CASE}/allow`, {});
    expect([response.status, await refusal(response)]).toEqual([410, 'CASE_EXPIRED']);
  });
});

describe('alerts', () => {
  const filled = (): { readonly testing: TestApp; readonly known: Alert } => {
    const testing = testApp();
    const known = alert(observation(1));
    testing.store.saveAlert(known, 'print');
    return { testing, known };
  };

  test('are triaged, noted in the ledger and shown live', async () => {
    const { testing, known } = filled();
    const path = `/api/v1/alerts/${known.id}`;
    const dismissed = { status: 'dismissed', reason: 'test' };
    expect(await (await post(testing, path, dismissed)).json()).toMatchObject({
      status: 'dismissed',
      dismissedReason: 'test',
    });
    expect(testing.asked).toEqual([{ kind: 'triage', alert: known.id, status: 'dismissed' }]);
    expect((await get<Page<Alert>>(testing, '/api/v1/alerts')).rows).toEqual([]);
    expect((await get<Page<Alert>>(testing, '/api/v1/alerts?status=all')).rows).toHaveLength(1);
    const reopened = await (await post(testing, path, { status: 'new' })).json();
    expect(reopened).toEqual({ ...known, status: 'new' });
  });

  test.each([
    {},
    { status: 'ongoing' },
    { status: 'closed' },
    { status: 'dismissed' },
    { status: 'dismissed', reason: 'because' },
    { status: ['new'] },
  ])('%j is no triage', async (body) => {
    const { testing, known } = filled();
    const response = await post(testing, `/api/v1/alerts/${known.id}`, body);
    expect([response.status, await refusal(response)]).toEqual([400, 'BAD_REQUEST']);
    expect(testing.store.alert(known.id)).toEqual(known);
    expect(testing.asked).toEqual([]);
  });
});

describe('what the owner switches', () => {
  test.each([
    [{ mode: 'observe' }, { mode: 'observe' }],
    [
      { mode: 'enforce', rule: 'a' },
      { mode: 'enforce', rule: 'a' },
    ],
    [
      { mode: 'enforce', server: 'crm' },
      { mode: 'enforce', server: 'crm' },
    ],
  ])('%j', async (body, asked) => {
    const testing = testApp(() => ({ mode: 'enforce', rules: {}, servers: {} }));
    expect((await post(testing, '/api/v1/enforce', body)).status).toBe(200);
    expect(testing.asked).toEqual([{ kind: 'enforce', ...asked }]);
  });

  test.each([
    {},
    { mode: 'on' },
    { mode: 'observe', rule: 1 },
    { mode: 'observe', rule: '' },
    { mode: 'observe', rule: null },
    { mode: 'observe', rule: 'a', server: 'b' },
    { mode: 'observe', server: 'x'.repeat(129) },
    ['observe'],
    null,
    'observe',
  ])('%j switches nothing', async (body) => {
    const testing = testApp();
    const response = await post(testing, '/api/v1/enforce', body);
    expect([response.status, await refusal(response)]).toEqual([400, 'BAD_REQUEST']);
    expect(testing.asked).toEqual([]);
  });
});

test('the hub and its tools are described', async () => {
  const testing = testApp();
  testing.store.append({ ...batch(observation(1)), definitions: [knownTool('crm', 'query')] });
  expect(await get(testing, '/api/v1/hub')).toMatchObject({
    version: '0.1.0',
    calls24h: 1,
    sensors: 2,
    destinations: [],
    evidence: 'same-user',
    newestCallMs: START_MS + 1,
  });
  expect(await get(testing, '/api/v1/inventory')).toMatchObject({
    servers: [{ name: 'crm', tools: [{ name: 'query', calls24h: 1, change: 'new' }] }],
  });
});

describe('hostile input', () => {
  test('a body over the limit is not read', async () => {
    const testing = testApp();
    const response = await post(testing, '/api/v1/enforce', { mode: 'x'.repeat(70_000) });
    expect([response.status, await refusal(response)]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test.each(['abc', '-1.x', '1', '1.5e3', "1.' OR 1", '9'.repeat(16)])(
    'a cursor that is none: %s',
    async (before) => {
      const response = await testApp().call(
        `/api/v1/sessions?before=${encodeURIComponent(before)}`,
      );
      expect(response.status).toBe(400);
    },
  );

  test.each(['0', '-1', '1e9', 'NaN', '2.5', '9999999'])('a limit of %s', async (limit) => {
    expect((await testApp().call(`/api/v1/sessions?limit=${limit}`)).status).toBe(200);
  });

  test('any path and body is answered, without a word of what went wrong inside', async () => {
    const testing = testApp(() => {
      throw new Error('a path of this machine');
    });
    const path = fc.constantFrom(
      '/api/v1/sessions/',
      '/api/v1/calls/',
      '/api/v1/alerts/',
      '/api/v1/cases/',
      '/api/v1/login',
      '/api/v1/enforce',
      '/ledger/',
      '/',
    );
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE');
    await fc.assert(
      fc.asyncProperty(path, fc.string(), fc.json(), method, async (base, rest, body, verb) => {
        const response = await testing.call(`${base}${encodeURIComponent(rest)}`, {
          method: verb,
          ...(verb === 'GET' ? {} : { body }),
        });
        expect([200, 400, 401, 403, 404, 410, 500]).toContain(response.status);
        expect(await response.text()).not.toContain('a path of this machine');
      }),
      { numRuns: 150 },
    );
  });

  test('a fault is told as a fault', async () => {
    const testing = testApp(() => {
      throw new Error('a path of this machine');
    });
    const response = await post(testing, '/api/v1/enforce', { mode: 'observe' });
    expect([response.status, await refusal(response)]).toEqual([500, 'INTERNAL']);
  });

  test('a store that cannot be read is said so', async () => {
    const testing = testApp();
    testing.store.session = () => {
      throw new CodedError('STORE_UNAVAILABLE');
    };
    const response = await testing.call('/api/v1/sessions/any');
    expect([response.status, await refusal(response)]).toEqual([503, 'STORE_UNAVAILABLE']);
  });
});
