import type { ClientConfig } from '@spoor/edge/clients';
import type { Command, Context } from '../command.ts';
import { type Backups, backupsIn } from '../init/backup.ts';
import { carryOutUnwrap, isChange } from '../init/carry.ts';
import { chooseClients, configsHere, type FilePlan, planUnwrap } from '../init/plan.ts';
import { planAsJson, shortPath, showPlan } from '../init/report.ts';
import { clientNames } from './init.ts';

export const undo: Command = {
  usage: '[--client NAME…] [--dry-run]',
  summary: 'Takes Spoor out of the configurations of MCP clients again.',
  flags: {
    client: {
      type: 'string',
      placeholder: 'NAME',
      multiple: true,
      help: 'Only this client; may be given several times',
    },
    'dry-run': { type: 'boolean', help: 'Show what would change, and change nothing' },
  },
  more: [
    'A file that nobody has changed since is restored byte for byte. In one that has been changed,',
    'only the wrapping is taken away. Wrappings made by hand stay.',
    'Exit codes: 0 done or nothing to do, 65 a file cannot be read, 73 or 77 it cannot be written.',
  ].join('\n'),
  run: async (context) => {
    const { flags, out, home } = context;
    const backups = backupsIn(home);
    const results: { json: object; exit: number }[] = [];
    for (const config of await configsToUndo(context, backups)) {
      const found = await planUnwrap(config, backups);
      if (found === undefined) continue;
      if (found.plan.action.kind === 'nothing') {
        // The user has taken it out by hand: what was kept for it has no use, and may hold secrets.
        if (flags['dry-run'] !== true) await backups.drop(config.path);
        continue;
      }
      results.push(await undoOne(context, backups, found));
    }
    if (flags.json === true) out.json({ files: results.map(({ json }) => json) });
    else if (results.length === 0) out.line('Nothing to do.');
    else if (flags['dry-run'] === true) out.line('Nothing was changed.');
    return results.find(({ exit }) => exit !== 0)?.exit ?? 0;
  },
};

async function undoOne(
  { flags, out }: Context,
  backups: Backups,
  { plan, exact }: { readonly plan: FilePlan; readonly exact: boolean },
): Promise<{ json: object; exit: number }> {
  if (flags.json !== true) showPlan(out, plan);
  const act = isChange(plan) && flags['dry-run'] !== true;
  const error = act ? await carryOutUnwrap(plan, backups) : undefined;
  const done = act && error === undefined;
  if (error !== undefined) out.note(`spoor: ${error.code} ${error.message}`);
  if (done && flags.json !== true) {
    out.line(`${shortPath(plan.config.path)}: ${exact ? RESTORED : REVERSED}`);
  }
  const failure = plan.action.kind === 'failed' ? plan.action.error : error;
  return { json: { ...planAsJson(plan), exact, done }, exit: failure?.row.exit ?? 0 };
}

const RESTORED = 'restored byte for byte';
const REVERSED = 'it was changed since; only the wrapping was taken away';

/** Known places, and files that were wrapped from another folder or in another environment. */
async function configsToUndo(context: Context, backups: Backups): Promise<ClientConfig[]> {
  const clients = chooseClients(clientNames(context));
  const here = configsHere(clients, context.env, process.cwd());
  const known = new Set(here.map(({ path }) => path));
  const elsewhere = (await backups.all()).flatMap(({ client, path, format, at }) => {
    const row = clients.find(({ id }) => id === client);
    if (row === undefined || known.has(path)) return [];
    return [{ client: row, path, format, at, scope: 'user' as const }];
  });
  return [...here, ...elsewhere];
}
