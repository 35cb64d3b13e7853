import { CONTENT_CLASSES, LABELS, type ToolHints } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createExplainer, createLabeler } from '../../src/index.ts';

const labels = fc.subarray([...LABELS]);
const name = fc.constantFrom('a', 'b');
const glob = fc.constantFrom('a', 'b', '*');
const override = fc.record(
  {
    server: glob,
    tool: glob,
    set: labels,
    add: labels,
    remove: labels,
    line: fc.constant(1),
  },
  { requiredKeys: ['server', 'tool', 'add', 'remove', 'line'] },
);
const hints: fc.Arbitrary<ToolHints | undefined> = fc.option(
  fc.record({ readOnly: fc.boolean(), destructive: fc.boolean() }),
  { nil: undefined },
);

describe('labels and where they come from', () => {
  test('are the same by the quick way and by the explained one', () => {
    const known = fc.record({ labels, hints });
    const classes = fc.subarray([...CONTENT_CLASSES]);
    fc.assert(
      fc.property(
        fc.array(override, { maxLength: 4 }),
        fc.array(glob, { maxLength: 2 }),
        fc.tuple(name, name),
        known,
        classes,
        (overrides, trusted, [server, tool], { labels: own, hints: said }, seen) => {
          const facts = { labels: own, ...(said === undefined ? {} : { hints: said }) };
          const quick = createLabeler(overrides as never, trusted)(server, tool, facts, seen);
          const told = createExplainer({ overrides: overrides as never, trusted })(
            server,
            tool,
            facts,
            seen.map((one) => ({ class: one })),
          );
          expect(quick).toEqual(told.labels);
          for (const label of told.labels)
            expect(told.sources.some((one) => one.label === label && !one.rejected)).toBe(true);
        },
      ),
    );
  });

  test('believe annotations of trusted servers alone', () => {
    const known = { labels: ['destructive'] as const, hints: { readOnly: true } };
    expect(createLabeler([])('crm', 't', known)).toEqual(['destructive']);
    expect(createLabeler([], ['cr*'])('crm', 't', known)).toEqual([]);
    expect(createLabeler([], ['cr*'])('mail', 't', known)).toEqual(['destructive']);
    const harmful = { labels: [], hints: { destructive: true } };
    expect(createLabeler([])('crm', 't', harmful)).toEqual([]);
    expect(createLabeler([], ['*'])('crm', 't', harmful)).toEqual(['destructive']);
  });
});
