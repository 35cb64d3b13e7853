import { systemRandom } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { renewLogKey } from '../../src/index.ts';
import { createRootKey, openRootKey } from '../../src/open/index.ts';
import {
  type FormerKey,
  formatManifest,
  formatVerifierKey,
  type Manifest,
  manifestDigest,
  mayReplace,
  parseManifest,
  type VerifyOptions,
  verifyLog,
  verifyManifest,
} from '../../src/verify/index.ts';
import { entry, ORIGIN, openOn, sourceOf } from '../fixtures.ts';
import { MemoryDisk } from '../memory-disk.ts';

const AUDITOR = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

const manifestOf = (log: string, former: readonly FormerKey[] = [], serial = 1): Manifest => ({
  serial,
  issuedMs: 1_790_000_000_000,
  untilMs: 1_800_000_000_000,
  log,
  former,
  auditors: [AUDITOR],
  recovery: [],
});

const KEY = formatVerifierKey(ORIGIN, new Uint8Array(32).fill(7));

async function run(disk: MemoryDisk, entries: number, former: readonly FormerKey[] = []) {
  const ledger = await openOn(disk, { former });
  for (let n = 0; n < entries; n++) ledger.append(entry(n));
  await ledger.close();
  return ledger;
}

const renew = (
  disk: MemoryDisk,
  verifierKey: string,
  isStolen: boolean,
  former: FormerKey[] = [],
) =>
  renewLogKey({
    stateDir: '/state',
    verifierKey,
    origin: ORIGIN,
    former,
    isStolen,
    random: systemRandom,
    disk,
  });

describe('a key manifest', () => {
  it('is read exactly as it is written, and in no other form', () => {
    const closed = { verifierKey: KEY, size: 5, root: new Uint8Array(32).fill(1) };
    const text = formatManifest(manifestOf(KEY, [closed], 3));
    expect(parseManifest(text)).toEqual(manifestOf(KEY, [closed], 3));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, other) => {
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        const parsed = parseManifest(changed);
        if (parsed !== undefined) expect(formatManifest(parsed)).toBe(changed);
      }),
    );
    for (const wrong of [
      '',
      'x',
      text.trimEnd(),
      `${text}\n`,
      text.replace('serial 3', 'serial 0'),
    ])
      expect(parseManifest(wrong)).toBeUndefined();
  });

  it('is believed from its root key alone', async () => {
    const made = await createRootKey({ name: 'root.example/a', random: systemRandom });
    const other = await createRootKey({ name: 'root.example/a', random: systemRandom });
    const note = (await openRootKey(made.file)).sign(formatManifest(manifestOf(KEY)));
    expect(verifyManifest(note, made.verifierKey)).toMatchObject({ status: 'verified' });
    expect(verifyManifest(note, other.verifierKey)).toMatchObject({ status: 'unverified' });
    const changed = note.replace('auditor age1ql', 'auditor age1qq');
    expect(verifyManifest(changed, made.verifierKey)).toMatchObject({ status: 'unverified' });
  });

  it('replaces an older one only if all that was closed stays closed so', () => {
    const closed = { verifierKey: KEY, size: 5, root: new Uint8Array(32).fill(1) };
    const older = manifestOf(KEY, [closed], 2);
    expect(mayReplace(older, manifestOf(KEY, [closed], 3))).toBe(true);
    expect(mayReplace(older, manifestOf(KEY, [closed], 2))).toBe(false);
    expect(mayReplace(older, manifestOf(KEY, [], 3))).toBe(false);
    expect(mayReplace(older, manifestOf(KEY, [{ ...closed, size: 4 }], 3))).toBe(false);
  });

  it('is opened by its passphrase, and no other', async () => {
    const name = 'root.example/a';
    const made = await createRootKey({ name, random: systemRandom, passphrase: 'a b c' });
    expect(made.file).not.toContain('SPOOR');
    expect((await openRootKey(made.file, 'a b c')).verifierKey).toBe(made.verifierKey);
    for (const wrong of ['a b', undefined])
      await expect(openRootKey(made.file, wrong)).rejects.toMatchObject({
        code: 'ROOT_KEY_UNREADABLE',
      });
  });
});

describe('a log whose key is replaced', () => {
  verifies(
    'ledger:root',
    async () => {
      const disk = new MemoryDisk();
      const before = await run(disk, 300);
      disk.drop('/state/log.key');
      await expect(openOn(disk)).rejects.toMatchObject({ code: 'LEDGER_UNREADABLE' });
      const { verifierKey, closed } = await renew(disk, before.verifierKey, false);
      expect(closed.size).toBe(before.published?.size);
      await expect(openOn(disk)).rejects.toMatchObject({ code: 'LEDGER_TAMPERED' });
      await run(disk, 40, [closed]);
      const checkpoint = before.published?.note ?? '';
      const verify = (more: Partial<VerifyOptions> = {}) =>
        verifyLog(sourceOf(disk), { verifierKey, former: [closed], ...more });
      expect(await verify()).toMatchObject({ status: 'unwitnessed', epochs: 2, recovered: [] });
      expect(await verify({ checkpoint })).toMatchObject({ status: 'ok' });
      expect(await verify({ former: [] })).toMatchObject({ status: 'tampered' });
      expect(await verify({ verifierKey: before.verifierKey })).toMatchObject({
        status: 'tampered',
      });
      const root = new Uint8Array(32);
      expect(await verify({ former: [{ ...closed, root }] })).toMatchObject({ status: 'tampered' });
      const longer = { ...closed, size: 10_000 };
      expect(await verify({ former: [longer] })).toMatchObject({ status: 'rolled-back' });
    },
    { case: 'its key is lost' },
  );

  verifies(
    'ledger:root',
    async () => {
      const disk = new MemoryDisk();
      const before = await run(disk, 5);
      await expect(renew(disk, before.verifierKey, false)).rejects.toMatchObject({
        code: 'LOG_KEY_PRESENT',
      });
      const thief = disk.clone();
      const { verifierKey, closed } = await renew(disk, before.verifierKey, true);
      const again = await renew(disk, before.verifierKey, true);
      expect(again).toEqual({ verifierKey, closed });
      await run(disk, 5, [closed]);
      expect(await verifyLog(sourceOf(disk), { verifierKey, former: [closed] })).toMatchObject({
        status: 'unwitnessed',
      });
      // With the old key and a copy of all files the thief goes on; nobody takes it for the log.
      await run(thief, 9);
      const forged = await verifyLog(sourceOf(thief), { verifierKey, former: [closed] });
      expect(forged).toMatchObject({ status: 'tampered' });
    },
    { case: 'its key is stolen' },
  );

  it('says when the log knows of a newer manifest than the one that is shown', async () => {
    const disk = new MemoryDisk();
    const ledger = await openOn(disk);
    const older = manifestOf(ledger.verifierKey);
    const newer = manifestOf(ledger.verifierKey, [], 2);
    for (const one of [older, newer]) {
      const { serial } = one;
      const detail = { what: 'key.manifest', serial, digest: manifestDigest(one) };
      ledger.append({ kind: 'config.changed', detail });
    }
    await ledger.close();
    const verify = (one: Manifest) =>
      verifyLog(sourceOf(disk), {
        verifierKey: ledger.verifierKey,
        manifest: { serial: one.serial, digest: manifestDigest(one) },
      });
    expect(await verify(newer)).toMatchObject({ status: 'unwitnessed' });
    expect(await verify(older)).toMatchObject({ status: 'tampered', path: 'manifest' });
    const other = { ...newer, auditors: [] };
    expect(await verify(other)).toMatchObject({ status: 'tampered', path: 'manifest' });
  });
});
