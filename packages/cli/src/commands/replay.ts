import { createInterface } from 'node:readline';
import { CodedError, systemClock, systemRandom } from '@spoor/core';
import { Script } from '@spoor/detect/replay';
import { loadLabeler, loadRules } from '@spoor/hub/rules';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { RULES_FOLDER } from '../places.ts';

export const replay: Command = {
  usage: '--stdio',
  summary: 'Plays recorded sessions through the rules, one JSON object a line.',
  flags: {
    stdio: { type: 'boolean', help: 'Read on standard input, answer on standard output' },
  },
  more: `Lines, in order; sessions may be interleaved:
  {"type":"catalog","catalog":"c1","tools":[{"server","tool","description","inputSchema"}]}
  {"type":"start","session":"s","catalog":"c1"}
  {"type":"prompt","session":"s","text":"…"}
  {"type":"call","session":"s","seq":0,"server":"…","tool":"…","args":{…}}
      answered by {"session":"s","seq":0,"score":0,"alert":false,"rules":[]}
  {"type":"result","session":"s","seq":0,"result":"…","error":null}
  {"type":"end","session":"s"}
  {"type":"tool","id":"t","server","tool","description","inputSchema"}
      answered by {"id":"t","score":0,"alert":false,"rules":[]}
A line that cannot be taken is answered by {"error":"…"}. Nothing is stored, and no hub is needed.`,
  run: async ({ flags, env, home }) => {
    if (flags.stdio !== true) throw new CodedError('USAGE', 'replay --stdio');
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
  },
};
