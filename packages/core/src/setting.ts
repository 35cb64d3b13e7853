import { nearest } from './nearest.ts';

/**
 * Settings: one declaration each. File, environment, flag, documentation and JSON Schema follow
 * from it. Precedence: flag, then environment, then file, then default.
 */
export interface Setting {
  /**
   * Dotted name as in the file; `SPOOR_OTLP_ENDPOINT` and `--otlp-endpoint` follow from
   * `otlp.endpoint`.
   */
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean' | 'choice';
  readonly choices?: readonly string[];
  /** Inclusive, for numbers. */
  readonly min?: number;
  readonly max?: number;
  readonly default: SettingValue | undefined;
  readonly help: string;
}

export type SettingValue = string | number | boolean;
export type SettingSource = 'flag' | 'environment' | 'file' | 'default';

export interface Resolved {
  readonly setting: Setting;
  readonly value: SettingValue | undefined;
  readonly source: SettingSource;
}

export type Resolution =
  | { readonly ok: true; readonly values: ReadonlyMap<string, Resolved> }
  | { readonly ok: false; readonly problem: SettingProblem };

export interface SettingProblem {
  readonly code: 'CONFIG_UNKNOWN_KEY' | 'CONFIG_BAD_VALUE';
  readonly detail: string;
}

export const envName = ({ name }: Setting): string =>
  `SPOOR_${name.replaceAll('.', '_').replaceAll('-', '_').toUpperCase()}`;

export const flagName = ({ name }: Setting): string => name.replaceAll('.', '-');

/** @param file Flat, dotted names. */
export function resolveSettings(
  settings: readonly Setting[],
  sources: {
    readonly flags: Readonly<Record<string, unknown>>;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly file: Readonly<Record<string, unknown>>;
  },
): Resolution {
  const names = settings.map(({ name }) => name);
  const unknown = Object.keys(sources.file).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const detail = `${unknown}; did you mean ${nearest(unknown, names)}?`;
    return { ok: false, problem: { code: 'CONFIG_UNKNOWN_KEY', detail } };
  }
  const values = new Map<string, Resolved>();
  for (const setting of settings) {
    const [source, raw] = firstGiven(setting, sources);
    const value = raw === undefined ? setting.default : readValue(setting, raw);
    if (raw !== undefined && value === undefined) {
      const detail = `${setting.name} (${source}): expected ${expected(setting)}`;
      return { ok: false, problem: { code: 'CONFIG_BAD_VALUE', detail } };
    }
    values.set(setting.name, { setting, value, source });
  }
  return { ok: true, values };
}

function firstGiven(
  setting: Setting,
  { flags, env, file }: Parameters<typeof resolveSettings>[1],
): [SettingSource, unknown] {
  const flag = flags[flagName(setting)];
  if (flag !== undefined) return ['flag', flag];
  const variable = env[envName(setting)];
  if (variable !== undefined && variable !== '') return ['environment', variable];
  const inFile = file[setting.name];
  return inFile === undefined || inFile === null ? ['default', undefined] : ['file', inFile];
}

const WORDS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  ['true', true],
  ['on', true],
  [false, false],
  ['false', false],
  ['off', false],
]);

/** Undefined for a value that the setting does not take. */
function readValue(setting: Setting, raw: unknown): SettingValue | undefined {
  if (setting.type === 'boolean') return WORDS.get(raw);
  if (setting.type === 'number') return readNumber(setting, raw);
  if (typeof raw !== 'string' || raw === '') return undefined;
  return setting.choices === undefined || setting.choices.includes(raw) ? raw : undefined;
}

function readNumber({ min, max }: Setting, raw: unknown): number | undefined {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return value >= (min ?? -Infinity) && value <= (max ?? Infinity) ? value : undefined;
}

export function expected(setting: Setting): string {
  if (setting.type === 'choice') return (setting.choices ?? []).join(' or ');
  if (setting.type === 'boolean') return 'true or false';
  if (setting.type === 'string') return 'text';
  return `a number from ${setting.min ?? 'any'} to ${setting.max ?? 'any'}`;
}
