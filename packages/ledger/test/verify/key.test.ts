import { createPrivateKey, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatVerifierKey, parseVerifierKey, verifyNote } from '../../src/verify/index.ts';
import { hasVectors, readVector } from '../vectors.ts';

interface GoVectors {
  readonly vkey: string;
  readonly reject_vkeys: readonly string[];
  readonly signature_line: string;
  readonly text: string;
}

const FILE = 'extracted/go_sumdb_note.json';

describe('verifyNote', () => {
  it('accepts what Go signed, and nothing changed in it', ({ skip }) => {
    skip(!hasVectors(FILE));
    const vectors: GoVectors = JSON.parse(readVector(FILE));
    const note = `${vectors.text}\n${vectors.signature_line}\n`;
    expect(verifyNote(note, vectors.vkey).status).toBe('verified');
    expect(verifyNote(note.replace('answer', 'Answer'), vectors.vkey).status).toBe('unverified');
    expect(verifyNote(note.slice(0, -1), vectors.vkey).status).toBe('unverified');
    expect(verifyNote(vectors.text, vectors.vkey).status).toBe('unverified');
    const bad = vectors.signature_line.replace('ZJku', 'ZJkv');
    expect(verifyNote(`${vectors.text}\n${bad}\n`, vectors.vkey).status).toBe('unverified');
  });

  it('ignores lines of other keys, but not a false line of this one', ({ skip }) => {
    skip(!hasVectors(FILE));
    const { vkey, text, signature_line: line }: GoVectors = JSON.parse(readVector(FILE));
    const other = `— another ${Buffer.alloc(68, 1).toString('base64')}`;
    expect(verifyNote(`${text}\n${other}\n${line}\n`, vkey).status).toBe('verified');
    expect(verifyNote(`${text}\n${other}\n`, vkey).status).toBe('unverified');
    const forged = line.replace('ZJku', 'ZJkv');
    expect(verifyNote(`${text}\n${line}\n${forged}\n`, vkey).status).toBe('unverified');
  });

  it('refuses control characters and too many signatures', ({ skip }) => {
    skip(!hasVectors(FILE));
    const { vkey, text, signature_line: line }: GoVectors = JSON.parse(readVector(FILE));
    expect(verifyNote(`${text}\t\n\n${line}\n`, vkey).status).toBe('unverified');
    const many = `${line}\n`.repeat(101);
    expect(verifyNote(`${text}\n${many}`, vkey)).toMatchObject({ status: 'unverified' });
  });
});

describe('parseVerifierKey', () => {
  it('refuses keys whose id is not theirs', ({ skip }) => {
    skip(!hasVectors(FILE));
    const vectors: GoVectors = JSON.parse(readVector(FILE));
    for (const vkey of vectors.reject_vkeys) expect(parseVerifierKey(vkey), vkey).toBeUndefined();
  });

  it('reads what formatVerifierKey writes', () => {
    const pkcs8 = Buffer.from(`302e020100300506032b657004220420${'07'.repeat(32)}`, 'hex');
    const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const jwk = key.export({ format: 'jwk' });
    const publicKey = Buffer.from(jwk.x ?? '', 'base64url');
    const vkey = formatVerifierKey('spoor.example/log', publicKey);
    expect(parseVerifierKey(vkey)).toMatchObject({ name: 'spoor.example/log' });
    const id = Buffer.from(vkey.split('+')[1] ?? '', 'hex');
    const signature = Buffer.concat([id, sign(null, Buffer.from('text\n'), key)]);
    const note = `text\n\n— spoor.example/log ${signature.toString('base64')}\n`;
    expect(verifyNote(note, vkey).status).toBe('verified');
  });
});
