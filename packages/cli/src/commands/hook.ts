import { existsSync } from 'node:fs';
import { CodedError, LIMITS, type Mode, nearest } from '@spoor/core';
import type { Home } from '@spoor/edge/home';
import { HOOK_HOSTS, type HookHost, hookHost } from '@spoor/sensor/hook';
import type { Command, Context } from '../command.ts';
import { readConfig } from '../config.ts';
import { LAUNCHER, RULES_FOLDER } from '../places.ts';
import { VERSION } from '../version.ts';

export const hook: Command = {
  usage: 'HOST [EVENT] < event.json   |   install HOST',
  summary: "Answers a hook of an agent program: its user's prompts and every use of a tool.",
  flags: {},
  more: [
    `Hosts: ${HOOK_HOSTS.join(', ')}.`,
    'install prints what to add to the settings of the host, and changes nothing.',
    'Exit codes: 0 answered; 1 not answered, which no host takes for a denial.',
  ].join('\n'),
  run: async (context) => {
    const [first = '', second] = context.words;
    if (first === 'install') return install(context, second ?? '');
    // Some hosts take the usual exit code of a wrong command line for a denial.
    const host = await hookHost(first);
    if (host === undefined) {
      context.out.note(`spoor: ${unknown(first)}`);
      return 1;
    }
    return answer(context, host, second);
  },
};

const unknown = (name: string): string =>
  `no host ${name}; did you mean ${nearest(name, HOOK_HOSTS)}?`;

async function install({ flags, home, out }: Context, name: string): Promise<number> {
  const host = await hookHost(name);
  if (host === undefined) throw new CodedError('USAGE', unknown(name));
  const settings = host.settings(await hookCommand(home, name));
  if (flags.json === true) out.json(settings);
  else {
    out.note(`Add this to ${settings.file}:`);
    out.json(settings.content);
  }
  return 0;
}

/**
 * By absolute paths, since programs with windows have no PATH: the launcher that `spoor init` has
 * installed, else this very Spoor.
 */
async function hookCommand(home: Home, host: string): Promise<string> {
  const { launcherOf } = await import('../init/launcher.ts');
  const { command, args } = launcherOf(home, undefined);
  const start = existsSync(command) ? [command, ...args] : [process.execPath, LAUNCHER];
  return [...start, 'hook', host].map(quoted).join(' ');
}

const quoted = (word: string): string =>
  /^[A-Za-z0-9_./:\\-]+$/.test(word) ? word : `"${word.replace(/(["\\$`])/g, '\\$1')}"`;

async function answer(
  { env, home, out }: Context,
  host: HookHost,
  event: string | undefined,
): Promise<number> {
  const { policyOf, runHook } = await import('@spoor/sensor/hook/run');
  const settings = await settingsOf(home.config, env, out);
  const said = await runHook({
    host,
    ...(event === undefined ? {} : { event }),
    input: await readAll(),
    home,
    version: VERSION,
    rulesFolder: settings.rules,
    policy: policyOf(home, settings.mode),
    budgetMs: settings.budgetMs,
    ...(settings.autostart ? { startHub: await hubStarter({ home, env }) } : {}),
  });
  await new Promise<void>((resolve) => {
    process.stdout.write(`${JSON.stringify(said)}\n`, () => resolve());
  });
  // Nothing else is to be waited for, least of all by a person at work.
  process.exit(0);
}

async function hubStarter({ home, env }: Pick<Context, 'home' | 'env'>): Promise<() => void> {
  const { startHubInBackground } = await import('../starthub.ts');
  return () => startHubInBackground(home, env);
}

interface Settings {
  readonly rules: string;
  readonly mode: Mode;
  readonly autostart: boolean;
  readonly budgetMs: number;
}

/** Broken settings stop no host: the hub says what is wrong with them. */
async function settingsOf(
  path: string,
  env: Context['env'],
  out: Context['out'],
): Promise<Settings> {
  try {
    const config = await readConfig(path, {}, env);
    return {
      rules: config.text('rules') ?? RULES_FOLDER,
      mode: config.text('mode') === 'enforce' ? 'enforce' : 'observe',
      autostart: config.flag('autostart'),
      budgetMs: config.number('budget.ms'),
    };
  } catch (error) {
    out.note(`spoor: ${error instanceof Error ? error.message : String(error)}`);
    return {
      rules: RULES_FOLDER,
      mode: 'observe',
      autostart: false,
      budgetMs: LIMITS.decisionBudgetMs,
    };
  }
}

/** What is over the limit is cut off, and so unreadable: recorded, and closed in `enforce`. */
async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    bytes += (chunk as Buffer).length;
    if (bytes > LIMITS.frameBytesMax) break;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
