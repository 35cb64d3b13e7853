import { envName, expected, flagName, type Setting } from '../../packages/core/src/setting.ts';
import { HUB_SETTINGS } from '../../packages/hub/src/config.ts';
import { SENSOR_SETTINGS } from '../../packages/sensor/src/config.ts';
import { code, document, table } from './markdown.ts';

const HEAD = ['Setting', 'Meaning', 'Values', 'Default', 'Environment'] as const;

const rowOf = (setting: Setting): readonly string[] => [
  code(setting.name),
  setting.help,
  expected(setting),
  setting.default === undefined ? 'none' : code(String(setting.default)),
  code(envName(setting)),
];

const rowWithFlag = (setting: Setting): readonly string[] => [
  ...rowOf(setting),
  code(`--${flagName(setting)}`),
];

/** `docs/config.md`. */
export const renderConfig = (): string =>
  document(
    '# Settings',
    '',
    'A flag wins over the environment, that over the file, that over the default. The file is YAML:',
    '`$XDG_CONFIG_HOME/spoor/config.yaml`, or what `SPOOR_CONFIG` or `--config` names; dots in names are nesting.',
    'A key that is not known is an error. `spoor config explain` prints each value and where it came from.',
    'Generated from the settings in `packages/hub/src/config.ts` and `packages/sensor/src/config.ts`.',
    '',
    '## Hub',
    '',
    'Flags are those of `spoor hub`. A hub that a sensor starts in the background gets none of the environment that',
    'could steer it, so for that one the file counts.',
    '',
    ...table([...HEAD, 'Flag'], HUB_SETTINGS.map(rowWithFlag)),
    '',
    '## Sensor',
    '',
    ...table(HEAD, SENSOR_SETTINGS.map(rowOf)),
    '',
    'An editor can check the file against [config.schema.json](config.schema.json).',
  );

interface Schema {
  readonly type: string;
  readonly description?: string;
  readonly default?: Setting['default'];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly additionalProperties?: false;
  readonly properties?: Record<string, Schema>;
}

const leafSchema = (setting: Setting): Schema => ({
  type: setting.type === 'choice' ? 'string' : setting.type,
  description: setting.help,
  ...(setting.default === undefined ? {} : { default: setting.default }),
  ...(setting.choices === undefined ? {} : { enum: setting.choices }),
  ...(setting.min === undefined ? {} : { minimum: setting.min }),
  ...(setting.max === undefined ? {} : { maximum: setting.max }),
});

/** Settings by their dotted names become nested objects. */
function nest(settings: readonly (readonly [readonly string[], Setting])[]): Schema {
  const properties: Record<string, Schema> = {};
  for (const [[name = '', ...rest], setting] of settings) {
    if (rest.length === 0) properties[name] = leafSchema(setting);
    else if (properties[name] === undefined) {
      const inner = settings.filter(([path]) => path[0] === name && path.length > 1);
      properties[name] = nest(inner.map(([path, one]) => [path.slice(1), one]));
    }
  }
  return { type: 'object', additionalProperties: false, properties };
}

/** `docs/config.schema.json`. */
export function renderConfigSchema(): string {
  const settings = [...HUB_SETTINGS, ...SENSOR_SETTINGS];
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Spoor settings',
    ...nest(settings.map((setting) => [setting.name.split('.'), setting])),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
