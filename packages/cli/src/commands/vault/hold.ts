import { CodedError, type Hold, type VaultView } from '@spoor/core';
import type { Context } from '../../command.ts';
import { asked, withHub } from './running.ts';
import { targetOf } from './target.ts';
import { holdWords } from './words.ts';

export async function hold(context: Context): Promise<number> {
  const [, action = 'list', id] = context.words;
  if (action === 'add') return add(context);
  if (action === 'list') return list(context);
  if (action === 'release' && id !== undefined) return release(context, id);
  throw new CodedError('USAGE', 'vault hold add, list or release ID');
}

async function add(context: Context): Promise<number> {
  const body = { target: targetOf(context), ...asked(context) };
  const made = await withHub(context, (api) => api.post<Hold>('/api/v1/vault/holds', body));
  tell(context, made, `Held until \`spoor vault hold release ${made.id}\`:`);
  return 0;
}

async function release(context: Context, id: string): Promise<number> {
  const path = `/api/v1/vault/holds/${encodeURIComponent(id)}/release`;
  const made = await withHub(context, (api) => api.post<Hold>(path, asked(context)));
  tell(context, made, 'Held no more; it goes by its age, or when it is shredded:');
  return 0;
}

function tell({ flags, out }: Context, hold: Hold, words: string): void {
  if (flags.json === true) out.json(hold);
  else for (const line of [words, holdWords(hold)]) out.line(line);
}

async function list(context: Context): Promise<number> {
  const { flags, out } = context;
  const { holds } = await withHub(context, (api) => api.get<VaultView>('/api/v1/vault'));
  if (flags.json === true) out.json(holds);
  else if (holds.length === 0) out.line('Nothing is held.');
  else for (const one of holds) out.line(holdWords(one));
  return 0;
}
