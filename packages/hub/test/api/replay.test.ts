import { join } from 'node:path';
import type { ReplayView } from '@spoor/core';
import { expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { observation } from '../support/build.ts';

const RULE = [
  'title: t\nid: 00000000-0000-4000-8000-000000000001\nname: r1\ndescription: d\nlevel: low',
  'logsource: {product: mcp}\ndetection: {s: {tool.name: query}, condition: s}\n',
].join('\n');

function withRows(rows: number): TestApp {
  const app = testApp();
  const store = openSqliteStore(join(app.folder, 'store.db'));
  const observations = Array.from({ length: rows }, (_, i) => observation(i + 1));
  store.append({ observations, bindings: [], definitions: [], norms: [] });
  store.close();
  return app;
}

const post = ({ call }: TestApp, body: object, signal?: AbortSignal): Promise<Response> =>
  call('/api/v1/rules/replay', {
    method: 'POST',
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });

it('steps a text of rules that is given, and compares it with another', async () => {
  const app = withRows(30);
  const other = RULE.replace('query', 'ask');
  const view = (await (await post(app, { rules: RULE, against: other })).json()) as ReplayView;
  expect(view).toMatchObject({
    history: { observations: 30, complete: true },
    rules: [{ id: 'r1', hits: 30 }],
    differences: [{ id: 'r1', foundCount: 30, lostCount: 0, both: 0 }],
  });
});

verifies(
  'replay:history',
  async () => {
    const app = withRows(2_000);
    const [one, two] = await Promise.all([post(app, { rules: RULE }), post(app, { rules: RULE })]);
    expect([one.status, two.status]).toEqual([200, 409]);
    expect(await two.json()).toMatchObject({ code: 'REPLAY_BUSY' });
    // Its client is gone: it ends early, and the next one has its turn.
    const gone = new AbortController();
    const left = post(app, { rules: RULE }, gone.signal);
    await new Promise((resolve) => setTimeout(resolve, 1));
    gone.abort();
    const view = await left.then((answer) => answer.json() as Promise<ReplayView>);
    expect(view.history).toMatchObject({ complete: false });
    expect(view.history.observations).toBeLessThan(2_000);
    expect((await post(app, { rules: RULE })).status).toBe(200);
  },
  { case: 'one at a time, until its client is gone' },
);

it.each([
  [{ rules: 7 }, 'BAD_REQUEST'],
  [{ rules: 'title: [' }, 'BAD_REQUEST'],
  [{ rules: RULE, against: 'x' }, 'BAD_REQUEST'],
  [{ rules: RULE, fromMs: 'soon' }, 'BAD_REQUEST'],
  [{ rules: RULE, session: 7 }, 'BAD_REQUEST'],
  [{ rule: 'none' }, 'NOT_FOUND'],
])('%j is %s', async (body, code) => {
  expect(await (await post(withRows(1), body)).json()).toMatchObject({ code });
});
