import { hkdfSync } from 'node:crypto';
import { CodedError, systemRandom } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { createAuditorKeys } from '../../src/open/index.ts';
import { createSealer } from '../../src/seal/index.ts';
import { deriveKeys } from '../../src/seal/keys.ts';
import { readSealed } from '../../src/seal/record.ts';
import { CALL, SESSION } from '../fixtures.ts';

describe('createSealer', () => {
  it('refuses to seal to nobody', async () => {
    const sealing = createSealer({ session: SESSION, recipients: [], random: systemRandom });
    await expect(sealing).rejects.toBeInstanceOf(CodedError);
  });

  it('never seals the same content to the same bytes, and tells its length only', async () => {
    const { auditor } = await createAuditorKeys();
    const recipients = [auditor.recipient];
    const sealer = await createSealer({ session: SESSION, recipients, random: systemRandom });
    const content = Buffer.from('the same secret');
    const one = sealer.seal(CALL, 'request', content);
    const two = sealer.seal(CALL, 'request', content);
    for (const member of ['cipher', 'commit', 'mac'] as const) {
      expect(one.meta[member]).toMatch(/^[0-9a-f]{64}$/);
      expect(one.meta[member]).not.toBe(two.meta[member]);
    }
    expect(one.meta).toMatchObject({ part: 'request', bytes: 15, kek: sealer.key.kek });
    expect(Buffer.from(one.record).includes(content)).toBe(false);
    expect(readSealed(Buffer.from(one.record))).toMatchObject({ record: CALL, part: 'request' });
  });
});

describe('deriveKeys', () => {
  it('is HKDF-SHA256 of RFC 5869', () => {
    const dataKey = systemRandom.bytes(32);
    const hkdf = (info: string) =>
      Buffer.from(hkdfSync('sha256', dataKey, '', info, 32)).toString('hex');
    const { commit, macKey } = deriveKeys(dataKey);
    expect(commit).toBe(hkdf('commit'));
    expect(Buffer.from(macKey).toString('hex')).toBe(hkdf('pc'));
  });
});
