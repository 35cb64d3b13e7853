import { CodedError, type LabelsView } from '@spoor/core';
import { hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { readConfig } from '../../config.ts';

/** The owner's file: the one that a running hub reads, else as the settings say. */
export async function ownersPath({ home, env }: Context): Promise<string> {
  const running = await ifThere(() => hubApi(home).get<LabelsView>('/api/v1/labels'));
  if (running !== undefined) return running.file;
  return (await readConfig(home.config, {}, env)).text('labels') ?? home.labels;
}

/** Has a running hub read the file anew; false where none runs. Throws LABELS_INVALID. */
export async function toldHub({ home }: Context): Promise<boolean> {
  const view = await ifThere(() => hubApi(home).post<LabelsView>('/api/v1/labels/reload', {}));
  return view !== undefined;
}

/** Undefined where no hub runs. */
async function ifThere<Value>(ask: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CodedError && error.code === 'HUB_UNREACHABLE') return undefined;
    throw error;
  }
}
