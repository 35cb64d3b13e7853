import { execFileSync, spawnSync } from 'node:child_process';
import { createDecipheriv } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '@spoor/core';
import { createAuditorKeys, readSealed } from '@spoor/ledger/open';
import { createSealer } from '@spoor/ledger/seal';
import { expect, onTestFinished, type TestContext } from 'vitest';
import { verifies } from '../verifies.ts';

const SESSION = '0190c0de-0000-7000-8000-00000000ab12';
const CALL = '0190c0de-0000-7000-8000-00000000cd34';
const SECRET = 'the Plover flies at dawn';

/** A folder with an identity that `age` itself made; undefined where that program is not here. */
function withAge(context: TestContext): { folder: string; recipient: string } | undefined {
  if (spawnSync('age', ['--version']).status !== 0) {
    const required = process.env.SPOOR_REQUIRE_AGE === '1';
    if (required) throw new Error('there is no age, and SPOOR_REQUIRE_AGE asks for it');
    context.skip('SKIPPED: there is no age (Debian: apt install age)');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'spoor-age-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync('age-keygen', ['-o', join(folder, 'identity')], { stdio: 'ignore' });
  const recipient = execFileSync('age-keygen', ['-y', join(folder, 'identity')], {
    encoding: 'utf8',
  }).trim();
  return { folder, recipient };
}

/** AES-256-GCM with the tag at the end, as docs/vault.md has the form of a record. */
function open(key: Uint8Array, nonce: Uint8Array, bound: string, sealed: Uint8Array): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(bound));
  cipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
}

verifies(
  'vault:age',
  async (context) => {
    const age = withAge(context);
    if (age === undefined) return;
    const { folder, recipient } = age;
    const own = await createAuditorKeys();
    const recipients = [own.auditor.recipient, recipient];
    const sealer = await createSealer({ session: SESSION, recipients, random: systemRandom });
    const { record } = sealer.seal(CALL, 'request', Buffer.from(SECRET));
    writeFileSync(join(folder, 'key.age'), sealer.key.wrapped);
    const identities = { theirs: join(folder, 'identity'), ours: join(folder, 'ours') };
    writeFileSync(identities.ours, own.auditor.identityFile);
    for (const identity of Object.values(identities)) {
      const sessionKey = execFileSync('age', ['-d', '-i', identity, join(folder, 'key.age')]);
      expect(sessionKey).toHaveLength(32);
      const sealed = readSealed(Buffer.from(record));
      if (sealed === undefined) throw new Error('no record');
      const bound = `${CALL}|request|${sealer.key.kek}`;
      const dataKey = open(sessionKey, sealed.wrapNonce, bound, sealed.wrappedKey);
      expect(open(dataKey, sealed.nonce, bound, sealed.ciphertext).toString()).toBe(SECRET);
    }
    const stranger = await createAuditorKeys();
    writeFileSync(join(folder, 'stranger'), stranger.auditor.identityFile);
    const refused = spawnSync('age', [
      '-d',
      '-i',
      join(folder, 'stranger'),
      join(folder, 'key.age'),
    ]);
    expect(refused.status).not.toBe(0);
  },
  { case: 'what we seal opens with it, and with no other identity', timeoutMs: 60_000 },
);

verifies(
  'vault:age',
  async (context) => {
    const age = withAge(context);
    if (age === undefined) return;
    const { folder, recipient } = age;
    const { unwrapAge } = await import('../../packages/ledger/src/open/age.ts');
    const { readIdentities } = await import('../../packages/ledger/src/open/keys.ts');
    writeFileSync(join(folder, 'plain'), SECRET);
    const identities = await readIdentities(readFileSync(join(folder, 'identity'), 'utf8'));
    for (const armour of [[], ['-a']]) {
      const file = execFileSync('age', [...armour, '-r', recipient, join(folder, 'plain')]);
      expect((await unwrapAge(file, { identities })).toString()).toBe(SECRET);
    }
  },
  { case: 'what it seals opens with ours', timeoutMs: 60_000 },
);
