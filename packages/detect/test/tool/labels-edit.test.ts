import { LABELS } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLabeler, editLabels, type LabelEdit, parseLabels } from '../../src/index.ts';

const edit = (text: string, change: Partial<LabelEdit>): string | undefined =>
  editLabels(text, 'labels.yml', {
    server: 'crm',
    tool: 'query',
    word: 'set',
    labels: [],
    ...change,
  });

const labelled = (text: string, server: string, tool: string): readonly string[] => {
  const { overrides, trusted } = parseLabels(text, 'labels.yml');
  return createLabeler(overrides, trusted)(server, tool, { labels: ['costly'] });
};

describe('an edit of the owner’s file', () => {
  const FILE =
    '# Mine.\nlabels:\n  # of the sales team\n  - {server: crm, tool: query, add: [egress]}\n';

  test('keeps comments, and changes the entry of the same globs', () => {
    const edited = edit(FILE, { word: 'remove', labels: ['egress', 'costly'] }) ?? '';
    expect(edited).toContain('# Mine.');
    expect(edited).toContain('# of the sales team');
    expect(labelled(edited, 'crm', 'query')).toEqual([]);
    expect(parseLabels(edited, '').overrides).toHaveLength(1);
  });

  test('takes an entry away, or says that there is none', () => {
    expect(parseLabels(edit(FILE, { word: 'unset' }) ?? '', '').overrides).toEqual([]);
    expect(edit(FILE, { word: 'unset', tool: 'other' })).toBeUndefined();
  });

  test('changes no file that has an error', () => {
    expect(() => edit('labels: [{tol: x}]', {})).toThrow(/labels.yml:1:/);
  });

  test('says of a tool what was asked for, whatever stood there', () => {
    const labels = fc.subarray([...LABELS]);
    const word = fc.constantFrom('set', 'add', 'remove');
    const step = fc.record({ word, labels, tool: fc.constantFrom('query', 'q*', '*') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), step, (before, last) => {
        const start = before.reduce((text, one) => edit(text, one) ?? text, '');
        const after = edit(start, { ...last, tool: 'query' }) ?? '';
        const others = parseLabels(after, '').overrides.filter(({ tool }) => tool !== 'query');
        const own = parseLabels(after, '').overrides.filter(({ tool }) => tool === 'query');
        expect(own).toHaveLength(1);
        const got = createLabeler(own)('crm', 'query', { labels: ['costly'] });
        for (const label of last.labels) expect(got.includes(label)).toBe(last.word !== 'remove');
        expect(others.length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
