import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Alert, CodedError, type Page, type SessionView } from '@spoor/core';
import { type Home, locateHome } from '@spoor/edge/home';
import { hubApi } from '../client.ts';
import type { Command, Context, Output } from '../command.ts';
import { readConfig } from '../config.ts';
import { paint, visible } from '../output.ts';
import { EXAMPLES_FOLDER } from '../places.ts';
import { settingFlags } from '../settingflags.ts';
import { startHub } from './hub.ts';

const STORIES: readonly { readonly name: string; readonly title: string }[] = [
  { name: 'ordinary', title: 'Ordinary work: files, notes, arithmetic' },
  { name: 'chain', title: 'Customer data on its way out, one harmless call after another' },
  { name: 'secret', title: 'A secret file that is about to leave' },
  { name: 'secret-asked', title: 'The same calls, but the user asked for exactly that' },
];

export const demo: Command = {
  usage: '[--rename] [--once]',
  summary:
    'Plays four sessions on real MCP servers, in enforce mode, and stays up to look at them.',
  flags: {
    ...settingFlags(),
    rename: {
      type: 'boolean',
      help: 'Give the example tools meaningless names; their descriptions stay',
    },
    once: { type: 'boolean', help: 'End when the sessions have been played' },
  },
  more: 'State, HOME and all files are temporary and removed at the end. Exit code 1 when a session went otherwise than expected.',
  run: async (context) => {
    if (!existsSync(EXAMPLES_FOLDER)) {
      throw new CodedError(
        'USAGE',
        'the demo is played in a checkout of the repository: npm start',
      );
    }
    const folder = mkdtempSync(join(tmpdir(), 'spoor-demo-'));
    try {
      return await play(context, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function play(context: Context, folder: string): Promise<number> {
  const { flags, out } = context;
  const env = { ...context.env, HOME: join(folder, 'home'), SPOOR_HOME: join(folder, 'state') };
  mkdirSync(env.HOME, { recursive: true, mode: 0o700 });
  process.umask(0o077);
  const home = locateHome(env);
  // Any free port, so that the demo runs beside a hub of the user's own.
  const config = await readConfig(
    join(folder, 'none.yaml'),
    // What the user's own clients do is no part of the play, nor is how slow this machine is: a
    // sensor that decided alone would deny what the story allows.
    { mode: 'enforce', port: '0', 'clients-watch': 'false', 'budget-ms': '5000', ...flags },
    {},
  );
  const hub = await startHub({ home, out }, config);
  const stop = stopper();
  const expected: boolean[] = [];
  for (const story of STORIES) {
    if (stop.asked) break;
    out.line('');
    out.line(paint(out, 'bold', story.title));
    expected.push(
      await playStory(story.name, join(folder, story.name), flags.rename === true, env, out, stop),
    );
  }
  await sayWhereToLook(home, hub.url, out, folder);
  const well = expected.every((one) => one);
  if (!well) out.note(paint(out, 'red', 'A session went otherwise than expected.'));
  if (flags.once !== true && !stop.asked) {
    out.line(paint(out, 'dim', 'Ctrl-C ends the demo and removes all of its files.'));
    await stop.promise;
  }
  await hub.stop();
  return well ? 0 : 1;
}

interface Stop {
  readonly promise: Promise<void>;
  asked: boolean;
  child?: ChildProcess;
}

function stopper(): Stop {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop: Stop = { promise, asked: false };
  const ask = (): void => {
    stop.asked = true;
    stop.child?.kill('SIGTERM');
    resolve();
  };
  process.once('SIGINT', ask);
  process.once('SIGTERM', ask);
  return stop;
}

/** One story is one process, and so one session. */
async function playStory(
  name: string,
  workdir: string,
  rename: boolean,
  env: Readonly<Record<string, string | undefined>>,
  out: Output,
  stop: Stop,
): Promise<boolean> {
  mkdirSync(workdir, { recursive: true, mode: 0o700 });
  const host = join(EXAMPLES_FOLDER, 'demo', 'host.ts');
  const args = [
    host,
    '--story',
    name,
    '--workdir',
    workdir,
    '--json',
    ...(rename ? ['--rename'] : []),
  ];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  stop.child = child;
  for await (const line of createInterface({ input: child.stdout })) out.line(stepLine(line, out));
  return (child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)))) === 0;
}

function stepLine(line: string, out: Output): string {
  try {
    const { server, tool, status, case: caseId } = JSON.parse(line) as Record<string, string>;
    const mark =
      status === 'denied'
        ? paint(out, 'red', 'DENIED')
        : paint(out, status === 'ok' ? 'green' : 'yellow', status ?? '');
    const why = caseId === undefined ? '' : `  case ${caseId}`;
    return (
      visible(`  ${(server ?? '').padEnd(12)}${(tool ?? '').padEnd(26)}`) + mark + visible(why)
    );
  } catch {
    return visible(`  ${line}`);
  }
}

async function sayWhereToLook(home: Home, url: string, out: Output, folder: string): Promise<void> {
  const api = hubApi(home);
  const { code } = await api.post<{ code: string }>('/api/v1/login-code', {});
  const [alert] = (await api.get<Page<Alert>>('/api/v1/alerts?status=all')).rows.filter(
    (one) => one.rule.level === 'critical',
  );
  const [session] = (await api.get<Page<SessionView>>('/api/v1/sessions')).rows;
  out.line('');
  out.line(
    `${paint(out, 'bold', 'UI')}       ${paint(out, 'cyan', `${url}/#code=${code}`)}  (works once)`,
  );
  if (alert !== undefined) {
    out.line(`${paint(out, 'bold', 'Alert')}    ${url}/alerts/${alert.id}`);
    out.line(`${paint(out, 'bold', 'Graph')}    ${url}/sessions/${alert.session}`);
  } else if (session !== undefined)
    out.line(`${paint(out, 'bold', 'Graph')}    ${url}/sessions/${session.id}`);
  out.line(`${paint(out, 'bold', 'Audit')}    ${url}/audit`);
  const spoor = `SPOOR_HOME=${join(folder, 'state')} npx spoor`;
  out.line('');
  out.line('In another terminal:');
  if (alert?.case !== undefined) out.line(`  ${spoor} why ${alert.case}`);
  out.line(`  ${spoor} ledger verify`);
  out.line('');
}
