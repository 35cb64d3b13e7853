import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { decodeBundle, encodeBundle, levelSize, tilePath, tileWidth } from '../../src/tree/tile.ts';

describe('tilePath', () => {
  it('writes indices in groups of three digits', () => {
    expect(tilePath(0, 0)).toBe('tile/0/000');
    expect(tilePath(3, 1234067)).toBe('tile/3/x001/x234/067');
    expect(tilePath('entries', 999)).toBe('tile/entries/999');
    expect(tilePath('entries', 1000)).toBe('tile/entries/x001/000');
  });

  it('adds the width of a partial tile', () => {
    expect(tilePath(1, 273, 112)).toBe('tile/1/273.p/112');
  });
});

describe('tileWidth', () => {
  verifies(
    'ledger:format',
    () => {
      // A tree of 70,000 leaves: 256 full level-1 hashes and 17 more.
      expect(tileWidth(0, 272, 70_000)).toBe(256);
      expect(tileWidth(0, 273, 70_000)).toBe(112);
      expect(tileWidth(1, 1, 70_000)).toBe(17);
      expect(tileWidth(2, 0, 70_000)).toBe(1);
      expect(tileWidth(3, 0, 70_000)).toBe(0);
      expect(levelSize('entries', 70_000)).toBe(70_000);
    },
    { case: 'widths, by the example of the specification' },
  );
});

describe('entry bundles', () => {
  const leaves = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 });

  it('decode to what was encoded', () => {
    fc.assert(
      fc.property(leaves, (list) => {
        const back = decodeBundle(encodeBundle(list), list.length);
        expect(back?.map((leaf) => [...leaf])).toEqual(list.map((leaf) => [...leaf]));
      }),
    );
  });

  it('refuse to be cut, prolonged or counted otherwise', () => {
    const bytes = encodeBundle([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    expect(decodeBundle(bytes.subarray(0, -1), 2)).toBeUndefined();
    expect(decodeBundle(Uint8Array.of(...bytes, 0), 2)).toBeUndefined();
    expect(decodeBundle(bytes, 1)).toBeUndefined();
    expect(decodeBundle(bytes, 3)).toBeUndefined();
  });
});
