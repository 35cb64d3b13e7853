import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/client';
import type { HubView, Page, SessionView } from '@spoor/core';
import { instrument } from '@spoor/instrument';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connectClient, SERVERS } from './host.ts';
import { all, ending, kill, until, World } from './support.ts';

verifies(
  'stop:denies',
  async () => {
    const world = new World();
    const hub = await world.hub('--mode', 'observe');
    const client = new Client({ name: 'agent', version: '1' });
    const joined = instrument(client, { name: 'crm', hub: { home: world.state } });
    const crm = await connectClient(joined, world, SERVERS.crm());
    expect((await crm.call('read_entitlements')).isError).toBe(false);
    const { rows } = await until(
      () => world.api<Page<SessionView>>('sessions'),
      (page) => page.rows.length > 0,
    );
    expect(world.call('stop', 'session', rows[0]?.id ?? '').code).toBe(0);
    // The command kept this process from hearing anything meanwhile.
    await delay(100);
    expect(await crm.call('read_entitlements')).toMatchObject({ isError: true });
    await kill(hub);
    expect(await crm.call('read_entitlements')).toMatchObject({ isError: true });
    const file = crm.client.readResource({ uri: 'file:///etc/passwd' });
    await expect(file).rejects.toMatchObject({ code: -31_403 });
    await crm.close();
  },
  { case: 'an instrumented program, and without a hub', timeoutMs: 60_000 },
);

verifies(
  'stop:denies',
  async () => {
    const world = new World();
    const hub = await world.hub('--mode', 'observe');
    const hook = async (): Promise<string> => {
      const child = world.spoor('hook', 'claude-code');
      const tool = { tool_name: 'Bash', tool_input: { command: 'ls' }, tool_use_id: 't1' };
      const event = { session_id: 'one', hook_event_name: 'PreToolUse', ...tool };
      child.stdin.end(JSON.stringify(event));
      const [stdout] = await Promise.all([all(child.stdout), ending(child)]);
      return stdout;
    };
    expect(await hook()).not.toContain('deny');
    const { rows } = await until(
      () => world.api<Page<SessionView>>('sessions'),
      (page) => page.rows.length > 0,
    );
    expect(world.call('stop', 'session', rows[0]?.id ?? '').code).toBe(0);
    expect(await hook()).toContain('"permissionDecision":"deny"');
    await kill(hub);
    expect(await hook()).toContain('"permissionDecision":"deny"');
    await world.hub('--mode', 'observe');
    const view = await world.api<HubView>('hub');
    expect(view.stops).toMatchObject([{ kind: 'session' }]);
    expect(await hook()).toContain('"permissionDecision":"deny"');
  },
  { case: 'a host with hooks, and without a hub', timeoutMs: 60_000 },
);
