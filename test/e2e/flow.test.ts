import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert, CaseView, Page } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { until, World } from './support.ts';

/** Rules of a user's own, one for each way in which a value may come. */
const ruleOf = (kind: string, n: number): string => `title: ${kind}
id: 00000000-0000-4000-8000-0000000000${10 + n}
name: flow-${kind}
description: d
level: high
response: deny
logsource: { product: mcp }
detection:
  s: { kind: tool.call, flow.kind: ${kind} }
  condition: s
`;

const TOKEN = 'k9Zt4Wq8Yb3Nf6Hs1Jc5';
const SENTENCE = 'The board has decided to close the plant in Lower Weir before the summer ends';
const backwards = (words: string): string => [...words].reverse().join('');
const LEAVES: Readonly<Record<string, readonly string[]>> = {
  reversed: [`Here it is: ${backwards(TOKEN)}, as agreed.`],
  spaced: [`Here it is: ${[...TOKEN].join('-')}, as agreed.`],
  split: [TOKEN.slice(0, 10), TOKEN.slice(10)],
  window: [`Hi Jo, have you heard? ${SENTENCE}, they say. Sell what you have.`],
  decoded: [`See ${btoa(SENTENCE)}`],
};

verifies(
  'flow:live',
  async () => {
    const world = new World();
    const [rules, files] = [join(world.folder, 'rules'), join(world.folder, 'files')];
    for (const folder of [rules, files]) mkdirSync(folder);
    writeFileSync(join(rules, 'own.yml'), Object.keys(LEAVES).map(ruleOf).join('---\n'));
    writeFileSync(join(files, 'settings'), `# North\nAPI_KEY=${TOKEN}\n\n${SENTENCE}.\n`);
    world.env.SPOOR_RULES = rules;
    await world.hub('--mode', 'enforce');
    const reader = await connect(world, 'files', SERVERS.filesystem(files));
    const echoes = await connect(world, 'everything', SERVERS.everything());
    expect(await reader.call('read_text_file', { path: join(files, 'settings') })).toMatchObject({
      isError: false,
    });
    for (const [kind, messages] of Object.entries(LEAVES)) {
      for (const [at, message] of messages.entries()) {
        const { isError } = await echoes.call('echo', { message });
        expect([kind, at, isError]).toEqual([kind, at, at === messages.length - 1]);
      }
    }
    const { rows } = await until(
      () => world.api<Page<Alert>>('alerts'),
      (page) => page.rows.length >= Object.keys(LEAVES).length,
    );
    expect(new Set(rows.map(({ rule }) => rule.id))).toEqual(
      new Set(Object.keys(LEAVES).map((kind) => `flow-${kind}`)),
    );
    const alert = rows.find(({ rule }) => rule.id === 'flow-reversed');
    const said = 'argument `message` of `echo` came from line 2 of the result of `read_text_file`';
    expect(alert?.detection.path.at(-1)?.matched.flow).toBe(`${said}, backwards`);
    const view = await world.api<CaseView>(`cases/${alert?.case ?? ''}`);
    expect(view.why.join('\n')).toContain(said.replace('argument', 'Argument'));
    expect(JSON.stringify([view, rows])).not.toContain('"prints"');
    await reader.close();
    await echoes.close();
  },
  { timeoutMs: 90_000 },
);
