import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { effectiveMode } from '@spoor/core';
import { describe, expect, test } from 'vitest';
import { PolicyFile } from '../src/policy.ts';
import { temporaryFolder } from './support/folder.ts';

const newPath = (): string => join(temporaryFolder(), 'policy.json');

test('without a file, what the settings say holds', () => {
  expect(new PolicyFile(newPath(), 'enforce').policy).toEqual({
    mode: 'enforce',
    rules: {},
    servers: {},
  });
});

test('what was set holds after a restart, over the settings', () => {
  const path = newPath();
  const file = new PolicyFile(path, 'observe');
  file.set('enforce');
  file.set('observe', { rule: 'a-rule' });
  file.set('enforce', { server: 'crm' });
  const again = new PolicyFile(path, 'observe').policy;
  expect(again).toEqual(file.policy);
  expect(again).toEqual({
    mode: 'enforce',
    rules: { 'a-rule': 'observe' },
    servers: { crm: 'enforce' },
    ask: [],
  });
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(readFileSync(path, 'utf8').endsWith('}\n')).toBe(true);
});

test('a rule asks until it is switched on or off', () => {
  const path = newPath();
  const file = new PolicyFile(path, 'observe');
  file.set('enforce', { rule: 'a-rule', ask: true });
  file.set('enforce', { rule: 'b-rule', ask: true });
  expect(new PolicyFile(path, 'observe').policy).toMatchObject({
    mode: 'observe',
    rules: { 'a-rule': 'enforce' },
    ask: ['a-rule', 'b-rule'],
  });
  file.set('enforce', { rule: 'a-rule' });
  expect(new PolicyFile(path, 'observe').policy.ask).toEqual(['b-rule']);
});

test('names that objects know of themselves are names like any other', () => {
  const path = newPath();
  new PolicyFile(path, 'observe').set('enforce', { rule: '__proto__' });
  const { policy } = new PolicyFile(path, 'observe');
  expect(effectiveMode(policy, '__proto__', '')).toBe('enforce');
  expect(effectiveMode(policy, 'constructor', 'toString')).toBe('observe');
});

test('nothing changes where the file cannot be written', () => {
  const folder = temporaryFolder();
  const file = new PolicyFile(join(folder, 'policy.json'), 'enforce');
  rmSync(folder, { recursive: true });
  expect(() => file.set('observe')).toThrow();
  expect(file.policy.mode).toBe('enforce');
});

describe('a file that cannot be believed stops the start', () => {
  const cases = {
    'half a file': ['{"mode":"enf', 'CONFIG_UNREADABLE'],
    nothing: ['', 'CONFIG_UNREADABLE'],
    'a list': ['[]', 'CONFIG_UNREADABLE'],
    'an unknown mode': ['{"mode":"Enforce"}', 'CONFIG_BAD_VALUE'],
    'no mode': ['{}', 'CONFIG_BAD_VALUE'],
    'an unknown mode of a rule': ['{"mode":"observe","rules":{"a":1}}', 'CONFIG_BAD_VALUE'],
    'servers that are text': ['{"mode":"observe","servers":"crm"}', 'CONFIG_BAD_VALUE'],
  } as const;

  test.each(Object.entries(cases))('%s', (_, [text, code]) => {
    const path = newPath();
    writeFileSync(path, text);
    expect(() => new PolicyFile(path, 'observe')).toThrow(expect.objectContaining({ code }));
  });

  test('a folder in its place', () => {
    const path = newPath();
    mkdirSync(path);
    expect(() => new PolicyFile(path, 'observe')).toThrow(
      expect.objectContaining({ code: 'CONFIG_UNREADABLE' }),
    );
  });
});
