import { CodedError, envName, expected, flagName } from '@spoor/core';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { paint } from '../output.ts';

export const config: Command = {
  usage: 'explain',
  summary: 'Shows every setting, its value and where that came from.',
  flags: { config: { type: 'string', placeholder: 'F', help: 'Another configuration file' } },
  run: async ({ words, flags, env, home, out }) => {
    if (words[0] !== 'explain') throw new CodedError('USAGE', 'config explain');
    const path = String(flags.config ?? home.config);
    const { values } = await readConfig(path, {}, env);
    const rows = [...values.values()];
    if (flags.json === true) {
      out.json(
        Object.fromEntries(
          rows.map(({ setting, value, source }) => [
            setting.name,
            { value: value ?? null, source },
          ]),
        ),
      );
      return 0;
    }
    out.line(`File: ${path}`);
    for (const { setting, value, source } of rows) {
      out.line('');
      out.line(
        `${paint(out, 'bold', setting.name)} = ${value ?? '(none)'}  ${paint(out, 'dim', `from ${source}`)}`,
      );
      out.line(
        `  ${setting.help}; ${expected(setting)}. ${envName(setting)}, --${flagName(setting)}`,
      );
    }
    return 0;
  },
};
