import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, ReplayView, SessionDetail, SessionView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { kill, until, World } from './support.ts';

const SHARE = 'pii-through-code-to-share';
const RULE = join(import.meta.dirname, `../../rules/exfiltration/${SHARE}.yml`);
const TRACE = join(import.meta.dirname, `../../rules/exfiltration/${SHARE}.chain.jsonl`);

const of = (view: ReplayView): ReplayView['rules'][number] | undefined =>
  view.rules.find(({ id }) => id === SHARE);

verifies(
  'replay:history',
  async () => {
    const world = new World();
    const hub = await world.hub();
    const crm = await connect(world, 'crm', SERVERS.crm());
    const sandbox = await connect(world, 'sandbox', SERVERS.sandbox());
    const drive = await connect(world, 'drive', SERVERS.drive());
    const customers = await crm.call('query_customer_pii', {});
    await sandbox.call('code_interpreter', {
      rows: customers.data.customers,
      code: 'take 2; format csv',
    });
    await drive.call('create_shareable_link', { name: 'x.csv', content: 'a,b' });
    await Promise.all([crm.close(), sandbox.close(), drive.close()]);
    await until(
      async () => {
        const { rows } = await world.api<Page<SessionView>>('sessions');
        return world.api<SessionDetail>(`sessions/${rows[0]?.id}`);
      },
      ({ observations }) =>
        observations.some(
          ({ tool, outcome }) => tool?.name === 'create_shareable_link' && outcome === 'ok',
        ),
    );

    // Beside a hub that runs, and by it.
    const beside = world.call('replay', '--json');
    const view = JSON.parse(beside.stdout) as ReplayView;
    expect(of(view)).toMatchObject({ hits: 1, hitSessions: 1 });
    expect(of(view)?.funnel.map(({ sessions }) => sessions)).toEqual(of(view)?.funnel.map(() => 1));
    const asked = await world.api<ReplayView>('rules/replay', { rule: SHARE });
    expect(asked.rules.map(({ id, hits }) => [id, hits])).toEqual([[SHARE, 1]]);
    const later = { rule: SHARE, fromMs: Date.now() + 1_000 };
    expect(await world.api<ReplayView>('rules/replay', later)).toMatchObject({
      history: { observations: 0, complete: true },
      rules: [{ hits: 0 }],
    });
    const bad = { rules: 'title: [' };
    expect(await world.api('rules/replay', bad)).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await world.api('rules/replay', { rule: 'none' })).toMatchObject({ code: 'NOT_FOUND' });

    // Without it, against an older version that remembers for a minute less.
    await kill(hub, 'SIGTERM');
    const text = readFileSync(RULE, 'utf8');
    const folder = join(world.folder, 'old');
    mkdirSync(folder);
    writeFileSync(join(folder, 'old.yml'), text.replace(/timespan: \S+/, 'timespan: 1s'));
    const compared = world.call('replay', '--rules', RULE, '--against', folder, '--from', '1h');
    expect(compared.stdout).toContain(`${SHARE}`);
    expect(compared.stdout).toMatch(/\d+ observations of 1 sessions/);
    expect(compared.stdout).toMatch(/sessions: .* 1 → .* 1 → fires 1/);
  },
  { case: 'beside a hub, by it and without it', timeoutMs: 60_000 },
);

verifies(
  'replay:records',
  () => {
    const world = new World();
    const { stdout, code } = world.call('replay', TRACE, '--rule', SHARE);
    expect(stdout).toMatch(new RegExp(`${SHARE} .*1 hits in 1 sessions`));
    expect(code).toBe(0);
    const torn = join(world.folder, 'torn.jsonl');
    writeFileSync(torn, `${readFileSync(TRACE, 'utf8')}{"kind":\n`);
    const second = world.call('replay', torn, '--rule', SHARE);
    expect(second.stdout).toContain('1 lines are no observation');
    expect(second.code).toBe(1);
    writeFileSync(torn, 'nothing\n');
    expect(world.call('replay', torn).stderr).toContain('REPLAY_UNREADABLE');
    expect(world.call('replay', join(world.folder, 'none')).stderr).toContain('REPLAY_UNREADABLE');
    expect(world.call('replay').stderr).toContain('STORE_UNAVAILABLE');
    expect(world.call('replay', TRACE, '--from', 'soon').stderr).toContain('is no time');
  },
  { case: 'files, by command' },
);
