import { CodedError } from '@spoor/core';
import { digestOf, readDocument } from '@spoor/edge/clients';
import type { Backups } from './backup.ts';
import { unwrapServers } from './edit.ts';
import type { FilePlan } from './plan.ts';
import { replaceText } from './write.ts';

type ChangePlan = FilePlan & { readonly action: { readonly kind: 'change' } };

export const isChange = (plan: FilePlan): plan is ChangePlan => plan.action.kind === 'change';

/** Writes a wrapped configuration, its backup first. Undefined when done, else what stopped it. */
export async function carryOutWrap(
  { config, action }: ChangePlan,
  backups: Backups,
  launcher: string,
): Promise<CodedError | undefined> {
  const { file, edited } = action;
  const known = await backups.find(config.path);
  const original = originalOf(file.text, config, known);
  return coded(config.path, async () => {
    await backups.keep(
      {
        path: config.path,
        client: config.client.id,
        format: config.format,
        at: config.at,
        digestBefore: digestOf(original),
        digestAfter: digestOf(edited.text),
        launcher,
        withoutArgs: [...new Set([...(known?.withoutArgs ?? []), ...edited.withoutArgs])],
        remotes: { ...known?.remotes, ...edited.remotes },
        timeMs: Date.now(),
      },
      original,
    );
    try {
      await replaceText(config.path, file, edited.text);
    } catch (error) {
      // Nothing was done that could be undone.
      if (known === undefined) await backups.drop(config.path);
      throw error;
    }
  });
}

/**
 * What the file would be if Spoor had never been there: where some servers are wrapped already,
 * not what it is now.
 */
function originalOf(
  text: string,
  { format, at }: ChangePlan['config'],
  known: Awaited<ReturnType<Backups['find']>>,
): string {
  const document = readDocument(text, format, at);
  const bare = document.ok
    ? unwrapServers(text, format, at, document, known ?? { withoutArgs: [] })
    : undefined;
  return bare?.text ?? text;
}

export async function carryOutUnwrap(
  { config, action }: ChangePlan,
  backups: Backups,
): Promise<CodedError | undefined> {
  return coded(config.path, async () => {
    await replaceText(config.path, action.file, action.edited.text);
    await backups.drop(config.path);
  });
}

async function coded(path: string, act: () => Promise<void>): Promise<CodedError | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return error instanceof CodedError
      ? error
      : new CodedError('CLIENT_CONFIG_UNWRITABLE', path, error);
  }
}
