import { CodedError } from '@spoor/core';
import { loadRules } from '@spoor/hub/rules';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { paint } from '../output.ts';
import { RULES_FOLDER } from '../places.ts';

export const rules: Command = {
  usage: '[list|lint] [FOLDER]',
  summary: 'Lists the rules of a folder, or checks them: each problem with its line and column.',
  flags: {},
  more: 'Exit codes: 0 fine, 1 a rule has a problem.',
  run: async ({ words, flags, env, home, out }) => {
    const [action = 'list', given] = words;
    if (action !== 'list' && action !== 'lint') throw new CodedError('USAGE', `rules ${action}`);
    const folder = given ?? (await readConfig(home.config, {}, env)).text('rules') ?? RULES_FOLDER;
    const compiled = await loadRules(folder);
    const found = compiled.rules.rules;
    if (flags.json === true)
      out.json({
        rules: found.map(({ ref, path }) => ({ ...ref, path })),
        problems: compiled.problems,
      });
    else {
      for (const { ref, path, response } of action === 'list' ? found : []) {
        out.line(
          `${ref.id.padEnd(30)}${ref.level.padEnd(14)}${response.padEnd(8)}${paint(out, 'dim', path)}`,
        );
      }
      for (const { path, line, column, code, message } of compiled.problems) {
        out.note(`${path}:${line}:${column} ${paint(out, 'red', code)} ${message}`);
      }
      if (action === 'lint')
        out.line(`${found.length} rules, ${compiled.problems.length} problems`);
    }
    return compiled.problems.length > 0 ? 1 : 0;
  },
};
