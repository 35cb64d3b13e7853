import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import type { AskView } from '@spoor/core';
import { expect } from 'vitest';
import { ASK_RULE } from '../fixtures/ask-rule.ts';
import { verifies } from '../verifies.ts';
import { type Connected, connectClient, SERVERS } from './host.ts';
import { LAUNCHER, NODE, until, World } from './support.ts';

/** A host of its own, so that this test is a person beside it. */
const HOST =
  "require('child_process').spawn(process.argv[1], process.argv.slice(2), {stdio: 'inherit'})";
const TIMEOUT = { timeoutMs: 90_000 } as const;

interface Asked {
  readonly world: World;
  readonly drive: Connected;
  readonly questions: string[];
}

type Word = { action: 'accept'; content: { approve: boolean } } | { action: 'decline' };

async function start(word: Word, trusted: string): Promise<Asked> {
  const world = new World();
  const rules = join(world.folder, 'rules');
  mkdirSync(rules);
  writeFileSync(join(rules, 'sharing-needs-a-person.yml'), ASK_RULE);
  await world.hub('--mode', 'enforce', '--rules', rules, '--ask-elicit', trusted);
  const questions: string[] = [];
  const capabilities = { elicitation: {} };
  const client = new Client({ name: 'test-host', version: '1.0.0' }, { capabilities });
  client.setRequestHandler('elicitation/create', ({ params }) => {
    questions.push(params.message);
    return word;
  });
  const words = ['run', '--name', 'drive', '--', ...SERVERS.drive()];
  const drive = await connectClient(client, world, [NODE, '-e', HOST, NODE, LAUNCHER, ...words]);
  return { world, drive, questions };
}

const share = (drive: Connected): ReturnType<Connected['call']> =>
  drive.call('create_shareable_link', { name: 'a.csv', content: 'x' });

verifies(
  'elicit:answers',
  async () => {
    const yes = { action: 'accept', content: { approve: true } } as const;
    const { world, drive, questions } = await start(yes, 'node');
    expect((await share(drive)).text).toContain('Shared a.csv');
    expect(questions).toHaveLength(1);
    expect(questions[0]).toMatch(/Case c-[a-z0-9]{10}/);
    await drive.close();
    const log = await until(
      () => world.call('ledger', 'export', '--format', 'jsonl').stdout,
      (text) => text.includes('"by":"elicitation"'),
    );
    expect(log).toContain('"answer":"approve"');
  },
  { case: 'yes', ...TIMEOUT },
);

verifies(
  'elicit:answers',
  async () => {
    for (const no of [
      { action: 'decline' },
      { action: 'accept', content: { approve: false } },
    ] as const) {
      const { drive, questions } = await start(no, 'node');
      expect((await share(drive)).isError).toBe(true);
      expect(questions).toHaveLength(1);
      await drive.close();
    }
  },
  { case: 'no', ...TIMEOUT },
);

verifies(
  'elicit:trust',
  async () => {
    const yes = { action: 'accept', content: { approve: true } } as const;
    const { world, drive, questions } = await start(yes, 'another-program');
    const shared = share(drive);
    const { rows } = await until(
      () => world.api<{ rows: AskView[] }>('asks'),
      (page) => page.rows.length === 1,
    );
    expect(world.call('approvals', 'deny', rows[0]?.case ?? '').code).toBe(0);
    expect((await shared).isError).toBe(true);
    expect(questions).toEqual([]);
    await drive.close();
  },
  { case: 'a client that the owner does not name is not asked', ...TIMEOUT },
);
