import { expected, flagName } from '@spoor/core';
import { HUB_SETTINGS } from '@spoor/hub/config';
import type { Flag } from './command.ts';

/** The hub's settings as flags. Values are read by the settings, so each flag takes text. */
export const settingFlags = (): Record<string, Flag> =>
  Object.fromEntries(
    HUB_SETTINGS.map((setting) => [
      flagName(setting),
      {
        type: 'string' as const,
        placeholder: placeholder(setting.type),
        help: `${setting.help} (${expected(setting)})`,
      },
    ]),
  );

const placeholder = (type: string): string =>
  type === 'number' ? 'N' : type === 'choice' ? 'WORD' : 'V';
