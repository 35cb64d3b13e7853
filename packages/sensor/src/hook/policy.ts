import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Mode, OBSERVE, type Policy } from '@spoor/core';
import type { Home } from '@spoor/edge/home';

/**
 * What the owner chose, for a hook that finds no hub: each is a new process and was told nothing.
 * A file that cannot be believed counts as `enforce`.
 *
 * @param mode What holds while there is no file.
 */
export function policyOf(home: Home, mode: Mode): Policy {
  try {
    const value: unknown = JSON.parse(readFileSync(join(home.folder, 'policy.json'), 'utf8'));
    if (!isObject(value)) return { ...OBSERVE, mode: 'enforce' };
    const { mode: chosen, rules, servers, shadow, ask, fail } = value;
    return {
      mode: chosen === 'observe' ? 'observe' : 'enforce',
      rules: modesOf(rules),
      servers: modesOf(servers),
      ask: idsOf(ask),
      shadow: idsOf(shadow),
      ...(isObject(fail) ? { fail: fail as Policy['fail'] & object } : {}),
    };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { ...OBSERVE, mode: isMissing ? mode : 'enforce' };
  }
}

const modesOf = (value: unknown): Record<string, Mode> =>
  Object.fromEntries(
    Object.entries(isObject(value) ? value : {}).map(([name, mode]) => [
      name,
      mode === 'observe' ? 'observe' : 'enforce',
    ]),
  );

const idsOf = (ids: unknown): readonly string[] =>
  Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
