import { createInterface } from 'node:readline/promises';
import { CodedError } from '@spoor/core';
import { CLIENTS } from '@spoor/edge/clients';
import type { Command, Context } from '../command.ts';
import { backupsIn } from '../init/backup.ts';
import { carryOutWrap, isChange } from '../init/carry.ts';
import { installLauncher, type Launcher, launcherOf } from '../init/launcher.ts';
import { chooseClients, configsHere, type FilePlan, planWrap } from '../init/plan.ts';
import { planAsJson, shortPath, showPlan } from '../init/report.ts';

export const init: Command = {
  usage: '[--client NAME…] [--project] [--remote] [--dry-run] [--yes] [--launcher PATH]',
  summary: 'Finds the MCP clients of this machine and puts Spoor in front of their servers.',
  flags: {
    client: {
      type: 'string',
      placeholder: 'NAME',
      multiple: true,
      help: 'Only this client; may be given several times',
    },
    project: { type: 'boolean', help: 'Files of the folder that you are in, too' },
    remote: {
      type: 'boolean',
      help: 'Servers at an address, too, where the client may sign in by itself',
    },
    'dry-run': { type: 'boolean', help: 'Show what would change, and change nothing' },
    yes: { type: 'boolean', help: 'Do not ask; for scripts' },
    launcher: {
      type: 'string',
      placeholder: 'PATH',
      help: 'Absolute path of an executable spoor to start, instead of a copy of this one',
    },
  },
  more: [
    `Clients: ${CLIENTS.map(({ id }) => id).join(', ')}.`,
    'Every file is kept as it was; `spoor undo` brings it back. docs/init.md says which files.',
    'Exit codes: 0 done or nothing to do, 65 a file cannot be read, 73 or 77 it cannot be written.',
  ].join('\n'),
  run: async (context) => {
    const { flags, out, home } = context;
    const plans = await planAll(context);
    if (flags.json !== true) for (const plan of plans) showPlan(out, plan);
    const chosen = await choose(context, plans);
    const launcher = await launcherFor(context, plans, chosen);
    const results: Result[] = [];
    for (const plan of plans) {
      const carried = launcher !== undefined && chosen.includes(plan) && isChange(plan);
      const error = carried
        ? await carryOutWrap(plan, backupsIn(home), launcher.launch.command)
        : plannedError(plan);
      results.push({ plan, done: carried && error === undefined, error });
      if (carried && error !== undefined) out.note(`spoor: ${error.code} ${error.message}`);
    }
    if (flags.json === true) out.json({ files: results.map(resultAsJson) });
    else say(context, results, launcher?.copied);
    return results.find(({ error }) => error !== undefined)?.error?.row.exit ?? 0;
  },
};

/** Wrapped servers get the Spoor that runs here, also where no file is changed. */
async function launcherFor(
  context: Context,
  plans: readonly FilePlan[],
  chosen: readonly FilePlan[],
): Promise<Launcher | undefined> {
  const inUse = plans.some(({ servers }) => servers.some(({ state }) => state === 'wrapped'));
  if (chosen.length === 0 && (!inUse || context.flags['dry-run'] === true)) return undefined;
  return installLauncher(context.home, givenLauncher(context));
}

interface Result {
  readonly plan: FilePlan;
  readonly done: boolean;
  readonly error: CodedError | undefined;
}

const plannedError = ({ action }: FilePlan): CodedError | undefined =>
  action.kind === 'failed' ? action.error : undefined;

const resultAsJson = ({ plan, done, error }: Result): object => ({
  ...planAsJson(plan),
  done,
  ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
});

const givenLauncher = ({ flags }: Context): string | undefined =>
  typeof flags.launcher === 'string' ? flags.launcher : undefined;

async function planAll(context: Context): Promise<FilePlan[]> {
  const { flags, home, env } = context;
  const launch = launcherOf(home, givenLauncher(context));
  const plans: FilePlan[] = [];
  for (const config of configsHere(chooseClients(clientNames(context)), env, process.cwd())) {
    const plan = await planWrap(config, launch, {
      projects: flags.project === true,
      remote: flags.remote === true,
    });
    if (plan !== undefined) plans.push(plan);
  }
  return plans;
}

export const clientNames = ({ flags, words }: Context): string[] =>
  [...(typeof flags.client === 'string' ? flags.client.split(',') : []), ...words].filter(Boolean);

/** The plans that are to be carried out. Throws USAGE where nobody can be asked. */
async function choose({ flags, out }: Context, plans: readonly FilePlan[]): Promise<FilePlan[]> {
  const changes = plans.filter(isChange);
  if (flags['dry-run'] === true || changes.length === 0) return [];
  if (flags.yes === true) return changes;
  if (flags.json === true) return [];
  if (process.stdin.isTTY !== true) {
    throw new CodedError('USAGE', 'no terminal to ask on, and nothing was changed: give --yes');
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const chosen: FilePlan[] = [];
  for (const plan of changes) {
    const { length } = plan.action.edited.servers;
    const question = `Wrap ${length} server${length === 1 ? '' : 's'} in ${shortPath(plan.config.path)}? [y/N] `;
    if (/^y(es)?$/i.test((await reader.question(question)).trim())) chosen.push(plan);
  }
  reader.close();
  if (chosen.length < changes.length) out.note('spoor: the others stay as they are');
  return chosen;
}

function say(
  { out, flags }: Context,
  results: readonly Result[],
  copied: boolean | undefined,
): void {
  if (results.length === 0) {
    out.line('No MCP client was found. docs/init.md says where they are sought.');
  } else if (!results.some(({ plan }) => isChange(plan))) out.line('Nothing to do.');
  if (flags['dry-run'] === true) out.line('Nothing was changed.');
  if (copied === false && flags.launcher === undefined) {
    out.note('spoor: its parts are scattered, so the launcher starts it where it is installed');
  }
  for (const { config } of results.filter(({ done }) => done).map(({ plan }) => plan)) {
    const { title } = config.client;
    out.line(`Wrapped: ${shortPath(config.path)}. Restart ${title} for it to take effect.`);
  }
}
