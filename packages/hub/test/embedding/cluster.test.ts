import { sipKey } from '@spoor/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Hyperplanes } from '../../src/embedding/cluster.ts';

const planes = new Hyperplanes(sipKey(new Uint8Array(16)));
const other = new Hyperplanes(sipKey(new Uint8Array(16).fill(7)));

const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
  minLength: 200,
  maxLength: 200,
});

function differing(a: string, b: string): number {
  let bits = Number.parseInt(a, 16) ^ Number.parseInt(b, 16);
  let count = 0;
  for (; bits !== 0; bits &= bits - 1) count++;
  return count;
}

test('the length of a vector does not matter, its direction does', () => {
  fc.assert(
    fc.property(vector, fc.integer({ min: 1, max: 1_000 }), (v, factor) => {
      // A power of two scales without rounding.
      const scaled = v.map((value) => value * 2 ** (factor % 8));
      expect(planes.clusterOf(scaled)).toBe(planes.clusterOf(v));
      expect(planes.clusterOf(v)).toMatch(/^[0-9a-f]{8}$/);
    }),
  );
});

test('near vectors have near clusters, opposite ones opposite clusters', () => {
  const v = Array.from({ length: 384 }, (_, i) => Math.sin(i * 7.3));
  const near = v.map((value, i) => value + 0.05 * Math.cos(i * 3.1));
  const opposite = v.map((value) => -value);
  expect(differing(planes.clusterOf(v), planes.clusterOf(near))).toBeLessThanOrEqual(4);
  expect(differing(planes.clusterOf(v), planes.clusterOf(opposite))).toBe(32);
});

test('another key has other planes', () => {
  const v = Array.from({ length: 384 }, (_, i) => Math.sin(i * 7.3));
  expect(planes.clusterOf(v)).not.toBe(other.clusterOf(v));
});
