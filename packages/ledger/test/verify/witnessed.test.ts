import { createPrivateKey, sign } from 'node:crypto';
import { DAY_MS } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { publicBytes } from '../../src/key.ts';
import { parseNote } from '../../src/note.ts';
import { cosignatureLine, cosignedText } from '../../src/verify/cosignature.ts';
import {
  formatWitnessKey,
  parseWitnessKey,
  policyOf,
  verifyWitnessed,
} from '../../src/verify/index.ts';
import { entry, openOn, sourceOf } from '../fixtures.ts';
import { MemoryDisk } from '../memory-disk.ts';

const der = Buffer.concat([
  Buffer.from('302e020100300506032b657004220420', 'hex'),
  Buffer.alloc(32, 7),
]);
const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
const witnessKey = formatWitnessKey('w.example/1', publicBytes(secret));

/** A witness that signs whatever it is given, at any time. */
function cosign(note: string, timeMs: number): string {
  const parsed = parseNote(note);
  const key = parseWitnessKey(witnessKey);
  if (parsed.status === 'invalid' || key === undefined) throw new Error('no note');
  const timeS = Math.floor(timeMs / 1_000);
  const signature = sign(null, Buffer.from(cosignedText(parsed.note.text, timeS)), secret);
  return note + cosignatureLine(key, timeS, signature);
}

const NOW = Date.now();
const AGE = 300_000;

verifies(
  'witness:verify',
  async () => {
    const disk = new MemoryDisk();
    const ledger = await openOn(disk);
    for (let n = 0; n < 300; n++) ledger.append(entry(n));
    await ledger.append(entry(300))?.reached('integrated');
    const early = ledger.published?.note ?? '';
    for (let n = 0; n < 20; n++) ledger.append(entry(n));
    await ledger.close();
    const policy = policyOf(witnessKey);
    if (policy === undefined) throw new Error('no policy');
    const verify = async (note: string | undefined, nowMs = NOW): Promise<string> => {
      const log = sourceOf(disk);
      const encoded = note === undefined ? undefined : Buffer.from(note);
      const source = {
        read: async (path: string) => (path === 'checkpoint.cosigned' ? encoded : log.read(path)),
      };
      const { verifierKey } = ledger;
      const options = { verifierKey, policy, nowMs, staleMs: AGE };
      return (await verifyWitnessed(source, options)).status;
    };
    expect(await verify(undefined)).toBe('unwitnessed');
    expect(await verify(cosign(early, NOW))).toBe('ok');
    expect(await verify(cosign(early, NOW - AGE - 2_000))).toBe('stale');
    // Of two lines of one witness the newer counts.
    expect(await verify(cosign(cosign(early, NOW - 2 * AGE), NOW))).toBe('ok');
    // A clock may differ a little; a cosignature from tomorrow makes nothing fresh.
    expect(await verify(cosign(early, NOW + 60_000))).toBe('ok');
    expect(await verify(cosign(early, NOW + DAY_MS))).toBe('tampered');
    const good = cosign(early, NOW);
    const at = good.length - 20;
    const flipped = good[at] === 'A' ? 'B' : 'A';
    expect(await verify(good.slice(0, at) + flipped + good.slice(at + 1))).toBe('tampered');
    // The log itself has fallen silent.
    expect(await verify(cosign(early, NOW + 2 * AGE), NOW + 2 * AGE)).toBe('stale');
  },
  { timeoutMs: 60_000 },
);
