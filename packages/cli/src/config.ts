import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { CodedError, type Resolved, resolveSettings, type Setting } from '@spoor/core';
import { HUB_SETTINGS } from '@spoor/hub/config';
import { SENSOR_SETTINGS } from '@spoor/sensor/config';

const SETTINGS: readonly Setting[] = [...HUB_SETTINGS, ...SENSOR_SETTINGS];

export interface Config {
  readonly values: ReadonlyMap<string, Resolved>;
  text(name: string): string | undefined;
  number(name: string): number;
  flag(name: string): boolean;
}

/**
 * Settings from flags, environment and file. Throws CONFIG_UNREADABLE, CONFIG_UNKNOWN_KEY (naming
 * the nearest key) or CONFIG_BAD_VALUE.
 */
export async function readConfig(
  path: string,
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Config> {
  const file = existsSync(path) ? await readFlat(path) : {};
  const resolution = resolveSettings(SETTINGS, { flags, env, file });
  if (!resolution.ok) throw new CodedError(resolution.problem.code, resolution.problem.detail);
  const { values } = resolution;
  return {
    values,
    text: (name) => values.get(name)?.value as string | undefined,
    number: (name) => values.get(name)?.value as number,
    flag: (name) => values.get(name)?.value as boolean,
  };
}

async function readFlat(path: string): Promise<Record<string, unknown>> {
  const { parseDocument } = await import('yaml');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  });
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    const [at] = error.linePos ?? [];
    throw new CodedError(
      'CONFIG_UNREADABLE',
      `${path}:${at?.line ?? 0}:${at?.col ?? 0} ${error.code}`,
    );
  }
  return flatten((document.toJS({ maxAliasCount: 0 }) as object | null) ?? {}, '');
}

function flatten(value: object, prefix: string): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const nested = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    Object.assign(
      flat,
      nested ? flatten(inner, `${prefix}${key}.`) : { [`${prefix}${key}`]: inner },
    );
  }
  return flat;
}
