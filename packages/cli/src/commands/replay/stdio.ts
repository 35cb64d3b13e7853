import { createInterface } from 'node:readline';
import { systemClock, systemRandom } from '@spoor/core';
import { Script } from '@spoor/detect/replay';
import { loadLabeler, loadRules } from '@spoor/hub/rules';
import type { Context } from '../../command.ts';
import { readConfig } from '../../config.ts';
import { RULES_FOLDER } from '../../places.ts';

/** Judges recorded sessions line by line, as they come. */
export async function stdio({ env, home }: Context): Promise<number> {
  const config = await readConfig(home.config, {}, env);
  const { rules } = await loadRules(config.text('rules') ?? RULES_FOLDER);
  const script = new Script({
    rules,
    labeler: await loadLabeler(config.text('labels')),
    random: systemRandom,
    nowMs: systemClock.nowMs,
  });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === '') continue;
    const answer = script.take(line);
    if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  return 0;
}
