import { hash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { unwrapAge } from '../../src/open/age.ts';
import { hasVectors, listVectors, readVectorBytes } from '../vectors.ts';

const FOLDER = 'C2SP_CCTV/age/testdata';

interface Vector {
  readonly expect: string;
  readonly payload: string | undefined;
  readonly identities: readonly string[];
  readonly passphrase: string | undefined;
  readonly file: Buffer;
}

/** Header lines, an empty line, and the file, which may be compressed. */
function read(path: string): Vector {
  const bytes = readVectorBytes(path);
  const end = bytes.indexOf('\n\n');
  const lines = bytes.toString('latin1', 0, end).split('\n');
  const valuesOf = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  const rest = bytes.subarray(end + 2);
  return {
    expect: valuesOf('expect')[0] ?? '',
    payload: valuesOf('payload')[0],
    identities: valuesOf('identity'),
    passphrase: valuesOf('passphrase')[0],
    file: valuesOf('compressed')[0] === 'zlib' ? inflateSync(rest) : rest,
  };
}

verifies(
  'vault:age',
  async (context) => {
    if (!hasVectors(FOLDER)) return context.skip('no vectors here');
    const paths = listVectors(FOLDER);
    expect(paths.length).toBeGreaterThan(140);
    let opened = 0;
    for (const path of paths) {
      const vector = read(path);
      const said = await unwrapAge(vector.file, vector).then(
        (bytes) => hash('sha256', bytes),
        () => 'refused',
      );
      expect([path, said]).toEqual([
        path,
        vector.expect === 'success' ? vector.payload : 'refused',
      ]);
      if (vector.expect === 'success') opened++;
    }
    expect(opened).toBeGreaterThan(20);
  },
  { case: 'every vector of C2SP', timeoutMs: 120_000 },
);
