import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert, Page, SessionDetail, SessionView } from '@spoor/core';
import { expect } from 'vitest';
import { ASK_RULE } from '../fixtures/ask-rule.ts';
import { verifies } from '../verifies.ts';
import { type Connected, connect, SERVERS } from './host.ts';
import { kill, until, World } from './support.ts';

const TIMEOUT = { timeoutMs: 90_000 } as const;

const share = (drive: Connected): ReturnType<Connected['call']> =>
  drive.call('create_shareable_link', { name: 'a.csv', content: 'x' });

verifies(
  'fail:labels',
  async () => {
    const world = new World();
    const labels = ['--fail-labels', 'shares-externally=open,reads-pii=closed'];
    const hub = await world.hub('--mode', 'enforce', ...labels);
    const drive = await connect(world, 'drive', SERVERS.drive());
    const crm = await connect(world, 'crm', SERVERS.crm());
    expect((await crm.call('query_customer_pii', { limit: 1 })).isError).toBe(false);
    await kill(hub);
    expect((await crm.call('query_customer_pii', { limit: 1 })).isError).toBe(true);
    expect((await share(drive)).isError).toBe(false);
    // What starts without a hub reads what the last one left.
    const late = await connect(world, 'late', SERVERS.crm());
    expect((await late.call('query_customer_pii', { limit: 1 })).isError).toBe(true);
    await late.close();
    await world.hub('--mode', 'enforce');
    const { rows } = await until(
      () => world.api<Page<SessionView>>('sessions'),
      (page) => page.rows.some(({ denied }) => denied > 0),
    );
    // Each sensor comes back to the hub by itself.
    await until(
      async () => {
        const { observations } = await world.api<SessionDetail>(`sessions/${rows[0]?.id}`);
        return observations.map(({ decision }) => String(decision?.reason));
      },
      (reasons) => reasons.includes('fail-closed') && reasons.includes('fail-open'),
    );
    await Promise.all([drive.close(), crm.close()]);
  },
  { case: 'a hub that is killed', ...TIMEOUT },
);

verifies(
  'shadow:rule',
  async () => {
    const world = new World();
    const rules = join(world.folder, 'rules');
    mkdirSync(rules);
    const rule = ASK_RULE.replace('response: ask', 'response: deny');
    writeFileSync(join(rules, 'sharing-needs-a-person.yml'), rule);
    await world.hub('--mode', 'enforce', '--rules', rules);
    const drive = await connect(world, 'drive', SERVERS.drive(), undefined, '--enforce');
    const set = (word: string, ...more: string[]): string =>
      world.call('enforce', word, ...more).stdout;
    expect((await share(drive)).isError).toBe(true);
    set('on', '--server', 'drive');
    expect(set('shadow', '--rule', 'sharing-needs-a-person')).toContain('only shown (shadow)');
    expect((await share(drive)).isError).toBe(false);
    const { rows } = await until(
      () => world.api<Page<Alert>>('alerts'),
      (page) => page.rows[0]?.action === 'allow',
    );
    expect(rows[0]).toMatchObject({ wanted: 'deny', action: 'allow' });
    expect(set('on', '--rule', 'sharing-needs-a-person')).not.toContain('shadow');
    expect((await share(drive)).isError).toBe(true);
    await drive.close();
  },
  TIMEOUT,
);
