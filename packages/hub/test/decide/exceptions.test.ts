import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExceptionScope, LIMITS, type Observation, sipHash, sipKey } from '@spoor/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { Exceptions } from '../../src/decide/exceptions.ts';
import { facts, observation, START_MS } from '../support/build.ts';
import { temporaryFolder } from '../support/folder.ts';

const key = sipKey(new Uint8Array(32));
const expires = new Date(START_MS + 86_400_000).toISOString();

function made(only: ExceptionScope): Exceptions {
  const path = join(temporaryFolder(), 'exceptions.json');
  const exceptions = new Exceptions({ path, ofRules: [], key, say: () => undefined });
  exceptions.add({ rule: 'a-rule', owner: 'me', reason: 'why', expires, only }, START_MS);
  return exceptions;
}

const to = (...places: string[]): Observation =>
  observation(1, {
    facts: {
      flows: [],
      request: facts({ destinations: places.map((one) => sipHash(key, `destination ${one}`)) }),
    },
  });

verifies(
  'exception:narrow',
  () => {
    const exceptions = made({ destinations: ['corp.example', 'partner.example'] });
    const passes = (o: Observation): boolean => exceptions.of('a-rule', o) !== undefined;
    expect(passes(to('corp.example'))).toBe(true);
    expect(passes(to('corp.example', 'partner.example'))).toBe(true);
    expect(exceptions.of('another-rule', to('corp.example'))).toBeUndefined();
    for (const places of [
      [],
      ['evil.example'],
      ['corp.example', 'evil.example'],
      ['соrp.example'],
      ['corp.example.evil.example'],
      ['corp.example '],
    ])
      expect(passes(to(...places))).toBe(false);
    const many = Array.from({ length: LIMITS.destinationsPerCallMax }, () => 'corp.example');
    expect(passes(to(...many))).toBe(false);
    const [cut] = [to('corp.example')].map((o) => ({
      ...o,
      facts: { ...o.facts, request: { ...o.facts.request, truncated: true } },
    }));
    expect(passes(cut as Observation)).toBe(false);
  },
  { case: 'every destination of a call is a named one' },
);

const WORDS = ['crm', 'Crm', 'сrm', 'crm ', 'c', 'crm2', '', 'crm\u0000', 'cr\u200bm'];

verifies(
  'exception:narrow',
  () => {
    const exceptions = made({ server: 'crm', tool: 'query' });
    const name = fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'grapheme', maxLength: 6 }));
    fc.assert(
      fc.property(name, name, (server, tool) => {
        const o = observation(1, {
          server: { name: server, transport: 'stdio' },
          tool: { name: tool, labels: [] },
        });
        const passes = exceptions.of('a-rule', o) !== undefined;
        expect(passes).toBe(server === 'crm' && tool === 'query');
      }),
    );
    expect(exceptions.of('a-rule', observation(1))).toMatch(/^x-/);
  },
  { case: 'any other name' },
);

test('what was signed off was that definition of the tool', () => {
  const exceptions = made({ server: 'crm', tool: 'query', definition: 'ab'.repeat(16) });
  const of = (definition: string): string | undefined =>
    exceptions.of('a-rule', observation(1, { tool: { name: 'query', labels: [], definition } }));
  expect(of('ab'.repeat(16))).toBeDefined();
  expect(of('cd'.repeat(16))).toBeUndefined();
});

test('a file that cannot be read excepts nothing, and says so', () => {
  const path = join(temporaryFolder(), 'exceptions.json');
  for (const text of ['', '{', '{}', '[1]', '[{"rule":"a-rule"}]']) {
    writeFileSync(path, text);
    const said: string[] = [];
    const exceptions = new Exceptions({ path, ofRules: [], key, say: (line) => said.push(line) });
    expect(exceptions.own).toEqual([]);
    expect(exceptions.problems).toHaveLength(1);
    expect(said).toHaveLength(1);
  }
});
