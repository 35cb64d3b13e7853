import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../src/model/layout.ts';
import { observation, on } from '../fixtures.ts';

const steps = fc
  .array(
    fc.record({
      server: fc.constantFrom('crm', 'drive', 'sandbox', 'mail'),
      kind: fc.constantFrom('tool.call' as const, 'tool.list' as const, 'intent' as const),
    }),
    { maxLength: 40 },
  )
  .map((rows) =>
    rows.map(({ server, kind }, index) =>
      observation(`c${index}`, { kind, ...on(kind === 'intent' ? '' : server) }),
    ),
  );

describe('layOut', () => {
  it('moves nothing when steps are appended', () => {
    fc.assert(
      fc.property(steps, fc.nat(40), (rows, count) => {
        const before = layOut(rows.slice(0, count)).nodes;
        expect(layOut(rows).nodes.slice(0, before.length)).toEqual(before);
      }),
    );
  });

  it('keeps lanes where they are when servers are added', () => {
    fc.assert(
      fc.property(steps, fc.nat(40), (rows, count) => {
        const before = layOut(rows.slice(0, count)).lanes;
        expect(layOut(rows).lanes.slice(0, before.length)).toEqual(before);
      }),
    );
  });

  it('puts every step to the right of the one before', () => {
    fc.assert(
      fc.property(steps, (rows) => {
        const xs = layOut(rows).nodes.map((node) => node.x);
        for (const [i, x] of xs.entries()) if (i > 0) expect(x).toBeGreaterThan(xs[i - 1] ?? 0);
      }),
    );
  });

  it('never lets steps of one lane touch', () => {
    fc.assert(
      fc.property(steps, (rows) => {
        const ends = new Map<number, number>();
        for (const node of layOut(rows).nodes) {
          expect(node.x).toBeGreaterThan(ends.get(node.lane) ?? -1);
          ends.set(node.lane, node.x + node.width);
        }
      }),
    );
  });

  it('gives servers colours in order of appearance and intents none', () => {
    const { lanes } = layOut([
      observation('a', on('drive')),
      observation('b', { kind: 'intent', ...on('user') }),
      observation('c', on('crm')),
    ]);
    expect(lanes.map(({ name, color }) => [name, color])).toEqual([
      ['', 0],
      ['drive', 1],
      ['crm', 2],
    ]);
  });
});
