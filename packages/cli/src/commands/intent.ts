import { CodedError, LIMITS } from '@spoor/core';
import { declareIntent } from '@spoor/sensor/intent';
import type { Command } from '../command.ts';
import { RULES_FOLDER } from '../places.ts';
import { startHubInBackground } from '../starthub.ts';
import { VERSION } from '../version.ts';

export const intent: Command = {
  usage: '< prompt.txt',
  summary:
    "Tells Spoor the user's prompt (on standard input), for the session of the program that calls this.",
  flags: {},
  more: 'The text is sealed to the auditors, if there are any, and otherwise forgotten: only facts about it are kept.',
  run: async ({ env, flags, home, out }) => {
    const prompt = await readAll();
    if (prompt.trim() === '') throw new CodedError('USAGE', 'no prompt on standard input');
    const { session, cluster } = await declareIntent({
      prompt,
      home,
      version: VERSION,
      rulesFolder: RULES_FOLDER,
      startHub: () => startHubInBackground(home, env),
    });
    if (flags.json === true) out.json({ session, cluster });
    return 0;
  },
};

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    bytes += (chunk as Buffer).length;
    if (bytes > LIMITS.examineBytesMax) throw new CodedError('USAGE', 'the prompt is over 1 MiB');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
