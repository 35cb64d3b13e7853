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

  it('has read as many cases as the collection is known to have', () => {
    expect(load('inclusion')).toHaveLength(98);
    expect(load('consistency')).toHaveLength(98);
  });
});
