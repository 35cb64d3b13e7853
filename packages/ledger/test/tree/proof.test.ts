import { fromBase64 } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { verifyConsistency, verifyInclusion } from '../../src/verify/index.ts';
import { hasVectors, listVectors, readVector } from '../vectors.ts';

interface Case {
  readonly desc: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
  readonly [field: string]: unknown;
}

const FOLDER = 'transparency-dev_merkle/testdata';
const bytes = (text: unknown): Uint8Array =>
  (typeof text === 'string' && fromBase64(text)) || new Uint8Array(0);

const proofOf = (vector: Case): Uint8Array[] => (vector.proof ?? []).map(bytes);

function load(kind: string): [string, Case][] {
  return listVectors(`${FOLDER}/${kind}`).map((path) => [path, JSON.parse(readVector(path))]);
}

/** A run of leaves that begins where a complete tree of at least its size could begin. */
function isSubtree(start: number, end: number): boolean {
  if (!Number.isSafeInteger(start) || start < 0 || end <= start) return false;
  let complete = 1;
  while (complete < end - start) complete *= 2;
  return start % complete === 0;
}

describe.runIf(hasVectors(FOLDER))('proofs of transparency-dev/merkle', () => {
  it('decides every inclusion case as they say', () => {
    for (const [path, vector] of load('inclusion')) {
      const holds = verifyInclusion({
        index: Number(vector.leafIdx),
        size: Number(vector.treeSize),
        leafHash: bytes(vector.leafHash),
        root: bytes(vector.root),
        proof: proofOf(vector),
      });
      expect(holds, path).toBe(!vector.wantErr);
    }
  });

  it('decides every consistency case as they say', () => {
    for (const [path, vector] of load('consistency')) {
      const holds = verifyConsistency({
        size1: Number(vector.size1),
        size2: Number(vector.size2),
        root1: bytes(vector.root1),
        root2: bytes(vector.root2),
        proof: proofOf(vector),
      });
      expect(holds, path).toBe(!vector.wantErr);
    }
  });

  it('decides every case of an inclusion in a subtree as they say', () => {
    for (const [path, vector] of load('subtreeinclusion')) {
      const [start, end] = [Number(vector.start), Number(vector.end)];
      const size = end - start;
      const holds =
        isSubtree(start, end) &&
        verifyInclusion({
          index: Number(vector.leafIdx) - start,
          size,
          leafHash: bytes(vector.leafHash),
          root: bytes(vector.root),
          proof: proofOf(vector),
        });
      expect(holds, path).toBe(!vector.wantErr);
    }
    expect(load('subtreeinclusion')).toHaveLength(204);
  });

  it('has read as many cases as the collection is known to have', () => {
    expect(load('inclusion')).toHaveLength(98);
    expect(load('consistency')).toHaveLength(98);
  });
});
