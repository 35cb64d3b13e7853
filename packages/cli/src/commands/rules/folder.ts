import { CodedError } from '@spoor/core';
import { type CompiledRules, loadRules } from '@spoor/hub/rules';
import type { Context } from '../../command.ts';
import { readConfig } from '../../config.ts';
import { paint, visible } from '../../output.ts';
import { RULES_FOLDER } from '../../places.ts';

/** The folder of rules that a command is about: as it says, as the settings say, or the shipped. */
export async function folderOf({ env, home }: Context, given?: string): Promise<string> {
  return given ?? (await readConfig(home.config, {}, env)).text('rules') ?? RULES_FOLDER;
}

export async function rulesIn(folder: string): Promise<CompiledRules> {
  return loadRules(folder).catch((error: unknown) => {
    throw new CodedError('RULES_UNREADABLE', folder, error);
  });
}

/** Says each problem with its place; true where there is one. */
export function notedProblems({ out }: Context, { problems }: CompiledRules): boolean {
  for (const { path, line, column, code, message } of problems) {
    out.note(`${visible(path)}:${line}:${column} ${paint(out, 'red', code)} ${visible(message)}`);
  }
  return problems.length > 0;
}
