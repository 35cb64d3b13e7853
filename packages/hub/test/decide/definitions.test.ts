import type { DefinitionFacts, ToolDefinitionFacts } from '@spoor/core';
import { createLabeler } from '@spoor/detect';
import { describe, expect, test } from 'vitest';
import { Definitions } from '../../src/decide/definitions.ts';
import { definitionOf, knownTool, START_MS } from '../support/build.ts';

const NOW = START_MS + 1_000;
const OTHER = 'ef'.repeat(16);

const listOf = (...tools: ToolDefinitionFacts[]): DefinitionFacts => ({ tools, partial: false });

const changesIn = ({ facts }: { readonly facts: DefinitionFacts }): unknown =>
  Object.fromEntries(facts.tools.map(({ name, change }) => [name, change]));

const newDefinitions = (): Definitions => new Definitions(createLabeler([]), []);

describe('a list compared with what is pinned', () => {
  test('is new at first, then the same', () => {
    const known = newDefinitions();
    expect(changesIn(known.list('crm', listOf(definitionOf('a')), NOW))).toEqual({ a: 'new' });
    expect(changesIn(known.list('crm', listOf(definitionOf('a')), NOW))).toEqual({ a: 'same' });
    expect(changesIn(known.list('mail', listOf(definitionOf('a')), NOW))).toEqual({ a: 'new' });
  });

  test('shows a change until the first form is back: the pin stays', () => {
    const known = newDefinitions();
    known.list('crm', listOf(definitionOf('a')), NOW);
    const drifted = listOf(definitionOf('a', { digest: OTHER }));
    expect(changesIn(known.list('crm', drifted, NOW))).toEqual({ a: 'changed' });
    expect(changesIn(known.list('crm', drifted, NOW))).toEqual({ a: 'changed' });
    const back = known.list('crm', listOf(definitionOf('a')), NOW + 5);
    expect(changesIn(back)).toEqual({ a: 'same' });
    expect(back.seen).toMatchObject([{ firstMs: NOW, lastMs: NOW + 5, pinned: 'cd'.repeat(16) }]);
  });

  test('tells of a tool that is gone, once', () => {
    const known = newDefinitions();
    known.list('crm', listOf(definitionOf('a'), definitionOf('b')), NOW);
    const shorter = known.list('crm', listOf(definitionOf('a')), NOW);
    expect(changesIn(shorter)).toEqual({ a: 'same', b: 'removed' });
    expect(shorter.seen.map(({ facts }) => facts.change)).toEqual(['same', 'removed']);
    expect(changesIn(known.list('crm', listOf(definitionOf('a')), NOW))).toEqual({ a: 'same' });
  });

  test('a tool that comes back otherwise than it was pinned has changed', () => {
    const known = newDefinitions();
    known.list('crm', listOf(definitionOf('a')), NOW);
    known.list('crm', listOf(), NOW);
    const back = listOf(definitionOf('a', { digest: OTHER }));
    expect(changesIn(known.list('crm', back, NOW))).toEqual({ a: 'changed' });
  });

  test('a list that was cut proves nothing about absence', () => {
    const known = newDefinitions();
    known.list('crm', listOf(definitionOf('a'), definitionOf('b')), NOW);
    const part = { tools: [definitionOf('a')], partial: true };
    expect(changesIn(known.list('crm', part, NOW))).toEqual({ a: 'same' });
  });

  test('goes on from what the store knows', () => {
    const known = new Definitions(createLabeler([]), [knownTool('crm', 'query')]);
    const drifted = listOf(definitionOf('query', { digest: OTHER }));
    expect(changesIn(known.list('crm', drifted, NOW))).toEqual({ query: 'changed' });
    expect(known.definition('crm', 'query')?.digest).toBe(OTHER);
    expect(known.definition('crm', 'none')).toBeUndefined();
  });
});

describe('labels', () => {
  test('are earned by what a tool returns', () => {
    const known = newDefinitions();
    expect(known.labels('crm', 'fetch_rows')).not.toContain('reads-pii');
    const seen = { call: 'c1', atMs: NOW };
    known.observe('crm', 'fetch_rows', [], seen);
    expect(known.labels('crm', 'fetch_rows')).not.toContain('reads-pii');
    known.observe('crm', 'fetch_rows', ['pii.national-id', 'pii.email', 'pii.phone'], seen);
    expect(known.labels('crm', 'fetch_rows')).toContain('reads-pii');
    expect(known.labels('mail', 'fetch_rows')).not.toContain('reads-pii');
  });
});
