import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { AskView, CaseView, HubView, SessionDetail, SessionView } from '@spoor/core';
import { expect, onTestFinished } from 'vitest';
import { startBridge } from '../conformance/bridge.ts';
import { ASK_RULE } from '../fixtures/ask-rule.ts';
import { verifies } from '../verifies.ts';
import { type Answer, type Connected, connect, SERVERS } from './host.ts';
import { ending, firstLine, kill, NODE, type Piped, until, World } from './support.ts';

/** A host of its own, so that this test is a person beside it. */
const HOST =
  "require('child_process').spawn(process.argv[1], process.argv.slice(2), {stdio: 'inherit'})";
const apart = (words: string[]): string[] => [NODE, '-e', HOST, ...words];

interface Started {
  readonly world: World;
  readonly hub: Piped;
  readonly drive: Connected;
  share(): Promise<Answer>;
}

/** A hub with one rule, which asks. */
async function askingHub(mode: string): Promise<{ world: World; hub: Piped }> {
  const world = new World();
  const rules = join(world.folder, 'rules');
  mkdirSync(rules);
  writeFileSync(join(rules, 'sharing-needs-a-person.yml'), ASK_RULE);
  const hub = await world.hub('--mode', mode, '--rules', rules, '--ask-timeout-ms', '120000');
  return { world, hub };
}

async function start(mode: string, launch?: (words: string[]) => string[]): Promise<Started> {
  const { world, hub } = await askingHub(mode);
  const drive = await connect(world, 'drive', SERVERS.drive(), launch);
  const share = (): Promise<Answer> =>
    drive.call('create_shareable_link', { name: 'a.csv', content: 'card 4111 1111 1111 1111' });
  return { world, hub, drive, share };
}

const onlyAsk = async (world: World): Promise<AskView> => {
  const { rows } = await until(
    () => world.api<{ rows: AskView[] }>('asks'),
    (page) => page.rows.length === 1,
  );
  return rows[0] as AskView;
};

verifies(
  'ask:waits',
  async () => {
    const { world, drive, share } = await start('enforce', apart);
    const shared = share();
    const ask = await onlyAsk(world);
    expect((await drive.call('list_files')).text).toContain('empty');
    const listed = world.call('approvals');
    expect(listed.stdout).toContain(ask.case);
    expect(listed.stdout).toContain('create_shareable_link on drive');
    expect(listed.stdout).toContain('shares-externally');
    expect(listed.stdout).not.toContain('4111 1111');
    const approved = world.call('approvals', 'approve', ask.case);
    expect(approved).toMatchObject({ code: 0, stdout: `Case ${ask.case} goes on.\n` });
    expect((await shared).text).toContain('Shared a.csv');
    expect(world.call('approvals', 'approve', ask.case)).toMatchObject({ code: 1 });
    expect(world.call('approvals').stdout).toBe('No call waits for a person.\n');
    const view = await until(
      () => world.api<CaseView>(`cases/${ask.case}`),
      ({ observation }) => observation.outcome === 'ok',
    );
    expect(view.observation.decision).toMatchObject({ wanted: 'ask', reason: 'approved' });
    expect(view.why[0]).toContain('was approved');
    await drive.close();
  },
  { case: 'a real server, answered by command', timeoutMs: 60_000 },
);

verifies(
  'ask:denied',
  async () => {
    const { world, drive, share } = await start('enforce', apart);
    const watch = world.spoor('approvals', 'follow', '--json');
    let shown = '';
    watch.stdout.on('data', (chunk: Buffer) => {
      shown += chunk;
    });
    const shared = share();
    const ask = await onlyAsk(world);
    await until(
      () => shown,
      (text) => text.trimEnd().endsWith('}'),
    );
    await kill(watch, 'SIGTERM');
    expect(JSON.parse(shown)).toMatchObject({ case: ask.case });
    expect(world.call('approvals', 'deny', ask.case)).toMatchObject({ code: 0 });
    const answer = await shared;
    expect(answer).toMatchObject({ isError: true });
    expect(answer.text).toContain(ask.case);
    await drive.close();
  },
  { case: 'by command', timeoutMs: 60_000 },
);

verifies(
  'ask:denied',
  async () => {
    const { world, hub, drive, share } = await start('enforce');
    const shared = share();
    await onlyAsk(world);
    await kill(hub);
    expect(await shared).toMatchObject({ isError: true });
    expect(await ending(hub)).toMatchObject({ signal: 'SIGKILL' });
    await world.hub('--mode', 'enforce');
    const { rows } = await until(
      () => world.api<{ rows: SessionView[] }>('sessions'),
      (page) => page.rows[0]?.denied === 1,
    );
    const { observations } = await world.api<SessionDetail>(`sessions/${rows[0]?.id}`);
    const call = observations.find(({ tool }) => tool?.name === 'create_shareable_link');
    expect(call).toMatchObject({
      outcome: 'denied',
      covered: false,
      decision: { action: 'deny', wanted: 'ask', reason: 'fail-closed', by: 'sensor' },
    });
    await drive.close();
  },
  { case: 'the hub dies', timeoutMs: 60_000 },
);

verifies(
  'ask:bound',
  async () => {
    const { world, drive, share } = await start('enforce');
    const shared = share();
    const ask = await onlyAsk(world);
    // This process is the host: what it runs is what its agent runs.
    const refused = world.call('approvals', 'approve', ask.case);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('APPROVER_NOT_INDEPENDENT');
    expect(await onlyAsk(world)).toMatchObject({ case: ask.case });
    expect(world.call('approvals', 'deny', ask.case).code).toBe(0);
    expect((await shared).isError).toBe(true);
    await drive.close();
  },
  { case: 'an agent that approves itself', timeoutMs: 60_000 },
);

verifies(
  'ask:observe',
  async () => {
    const { world, drive, share } = await start('observe');
    expect((await share()).text).toContain('Shared a.csv');
    const { stdout } = await until(
      () => world.call('why'),
      (listed) => listed.stdout.includes('c-'),
    );
    const caseId = /c-[a-z0-9]{10}/.exec(stdout)?.[0] ?? '';
    expect(world.call('why', caseId).stdout).toContain('would have waited for a person');
    const { counts } = await world.api<HubView>('hub');
    expect(counts.asked).toBe(0);
    await drive.close();
  },
  { case: 'on a real server', timeoutMs: 60_000 },
);

verifies(
  'ask:waits',
  async () => {
    const { world } = await askingHub('enforce');
    const bridge = await startBridge(SERVERS.drive());
    onTestFinished(() => bridge.close());
    const words = ['gateway', '--port', '0', '--name', 'drive', '--url', bridge.url];
    const url = (await firstLine(world.spoor(...words))).replace(/^.* listening on /, '');
    const client = new Client({ name: 'http-host', version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    onTestFinished(() => client.close());
    await client.listTools();
    const shared = client.callTool({
      name: 'create_shareable_link',
      arguments: { name: 'a.csv', content: 'x' },
    });
    const ask = await onlyAsk(world);
    const listed = await client.callTool({ name: 'list_files', arguments: {} });
    expect(listed.isError).not.toBe(true);
    expect(world.call('approvals', 'approve', ask.case).code).toBe(0);
    expect(JSON.stringify(await shared)).toContain('Shared a.csv');
  },
  { case: 'through the gateway', timeoutMs: 60_000 },
);
