import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../src/nearest.ts';
import {
  envName,
  expected,
  flagName,
  type Resolution,
  resolveSettings,
  type Setting,
} from '../src/setting.ts';

const setting = (name: string, more: Partial<Setting>): Setting => ({
  name,
  type: 'string',
  default: undefined,
  help: '',
  ...more,
});
const DAYS = setting('retention.days', { type: 'number', min: 1, max: 3650, default: 30 });
const MODE = setting('mode', {
  type: 'choice',
  choices: ['observe', 'enforce'],
  default: 'observe',
});
const PROJECT = setting('project', { type: 'boolean', default: true });
const ENDPOINT = setting('otlp.endpoint-url', {});
const ALL = [DAYS, MODE, PROJECT, ENDPOINT];

interface Given {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly file?: Readonly<Record<string, unknown>>;
}
const resolve = ({ flags = {}, env = {}, file = {} }: Given): Resolution =>
  resolveSettings(ALL, { flags, env, file });

function valueIn(resolution: Resolution, name: string): unknown {
  return resolution.ok ? resolution.values.get(name)?.value : resolution.problem;
}
const problem = (given: Given): unknown => {
  const resolution = resolve(given);
  return resolution.ok ? undefined : resolution.problem;
};

describe('resolveSettings', () => {
  it('prefers flag to environment to file to default', () => {
    const maybe = fc.option(fc.integer({ min: 1, max: 3650 }), { nil: undefined });
    fc.assert(
      fc.property(maybe, maybe, maybe, (flag, env, file) => {
        const resolution = resolve({
          flags: flag === undefined ? {} : { [flagName(DAYS)]: String(flag) },
          env: env === undefined ? {} : { [envName(DAYS)]: String(env) },
          file: file === undefined ? {} : { [DAYS.name]: file },
        });
        const given = [flag, env, file].findIndex((value) => value !== undefined);
        const source = ['flag', 'environment', 'file'][given] ?? 'default';
        expect(valueIn(resolution, DAYS.name)).toBe(flag ?? env ?? file ?? 30);
        expect(resolution.ok && resolution.values.get(DAYS.name)?.source).toBe(source);
      }),
    );
  });

  it('derives the names of flag and variable', () => {
    expect(flagName(ENDPOINT)).toBe('otlp-endpoint-url');
    expect(envName(ENDPOINT)).toBe('SPOOR_OTLP_ENDPOINT_URL');
  });

  it('lists every setting, given or not', () => {
    const resolution = resolve({});
    expect(resolution.ok && [...resolution.values.keys()]).toEqual(ALL.map(({ name }) => name));
    expect(valueIn(resolution, ENDPOINT.name)).toBeUndefined();
  });

  it('names the nearest key of an unknown one in the file', () => {
    expect(problem({ file: { 'retention.dayz': 3 } })).toEqual({
      code: 'CONFIG_UNKNOWN_KEY',
      detail: 'retention.dayz; did you mean retention.days?',
    });
    for (const name of ['__proto__', 'constructor', 'Mode']) {
      expect(problem({ file: Object.fromEntries([[name, 1]]) }), name).toMatchObject({
        code: 'CONFIG_UNKNOWN_KEY',
      });
    }
  });

  it('treats an empty variable and an empty line of the file as not given', () => {
    const resolution = resolve({ env: { SPOOR_MODE: '' }, file: { mode: null } });
    expect(valueIn(resolution, 'mode')).toBe('observe');
  });
});

describe('values of settings', () => {
  it('lie in their range, ends included', () => {
    for (const days of [1, '1', 3650, ' 30 ', '1e2']) {
      expect(valueIn(resolve({ flags: { 'retention-days': days } }), DAYS.name)).toBe(Number(days));
    }
    for (const days of [0, '0', 3651, 'NaN', 'Infinity', '', ' ', 'ten', '3 days', true, [3], {}]) {
      expect(problem({ flags: { 'retention-days': days } }), String(days)).toMatchObject({
        code: 'CONFIG_BAD_VALUE',
        detail: expect.stringContaining('a number from 1 to 3650'),
      });
    }
  });

  it('are true or false only for those words', () => {
    for (const word of [true, 'true', 'on']) {
      expect(valueIn(resolve({ file: { project: word } }), 'project')).toBe(true);
    }
    for (const word of [false, 'false', 'off']) {
      expect(valueIn(resolve({ file: { project: word } }), 'project')).toBe(false);
    }
    for (const word of ['yes', 'TRUE', 1, 0, 'constructor', '__proto__', ['on'], {}]) {
      expect(problem({ file: { project: word } }), String(word)).toMatchObject({
        code: 'CONFIG_BAD_VALUE',
      });
    }
  });

  it('are one of the choices', () => {
    expect(valueIn(resolve({ env: { SPOOR_MODE: 'enforce' } }), 'mode')).toBe('enforce');
    expect(problem({ env: { SPOOR_MODE: 'enforced' } })).toEqual({
      code: 'CONFIG_BAD_VALUE',
      detail: 'mode (environment): expected observe or enforce',
    });
  });

  it('are never repeated in the message: they may be secrets', () => {
    const detail = JSON.stringify(problem({ file: { 'otlp.endpoint-url': ['hunter2'] } }));
    expect(detail).toContain('CONFIG_BAD_VALUE');
    expect(detail).not.toContain('hunter2');
  });

  it('are described for whoever gets them wrong', () => {
    expect(ALL.map(expected)).toEqual([
      'a number from 1 to 3650',
      'observe or enforce',
      'true or false',
      'text',
    ]);
    expect(expected(setting('n', { type: 'number' }))).toBe('a number from any to any');
  });
});

describe('nearest', () => {
  it('finds a name again after one slip of the finger', () => {
    const names = ['retention.days', 'otlp.endpoint', 'mode', 'project'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.nat(2), (name, place, slip) => {
        const at = place % name.length;
        const rest = name.slice(slip === 0 ? at : at + 1);
        const misspelt = `${name.slice(0, at)}${slip === 2 ? '' : 'x'}${rest}`;
        expect(nearest(misspelt, names)).toBe(name);
      }),
    );
  });

  it('has no answer where there are no candidates, and takes any length', () => {
    expect(nearest('x', [])).toBe('');
    expect(nearest('y'.repeat(1_000_000), ['mode'])).toBe('mode');
  });
});
