import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SealedContent, systemClock, systemRandom } from '@spoor/core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { type Leaf, openLedger } from '../../src/index.ts';
import { type AuditorKeys, createAuditorKeys, openContent } from '../../src/open/index.ts';
import { createSealer, type Sealer } from '../../src/seal/index.ts';
import { WRAPPED_KEY_AT, WRAPPED_KEY_BYTES } from '../../src/seal/record.ts';
import { keyPath, PACK_HEAD_BYTES, packPath } from '../../src/vault/pack.ts';
import { CALL, entry, ORIGIN, SESSION } from '../fixtures.ts';

const QUESTION = Buffer.from('{"name":"query_customer_pii","arguments":{"iban":"DE89 3704"}}');
const ANSWER = Buffer.from('{"rows":[{"name":"Müller"}]}');

let keys: AuditorKeys;
let sealer: Sealer;
let dir: string;
let leaf: Leaf;

beforeAll(async () => {
  keys = await createAuditorKeys();
});

/** A real folder with one entry and its content. */
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'spoor-vault-'));
  const recipients = [keys.auditor.recipient, keys.recovery.recipient];
  sealer = await createSealer({ session: SESSION, recipients, random: systemRandom });
  leaf = await record([
    sealer.seal(CALL, 'request', QUESTION),
    sealer.seal(CALL, 'result', ANSWER),
  ]);
});

afterEach(() => rm(dir, { recursive: true }));

async function record(sealed: readonly SealedContent[]): Promise<Leaf> {
  const ledger = await openLedger({
    dir: `${dir}/log`,
    stateDir: `${dir}/state`,
    origin: ORIGIN,
    clock: systemClock,
    random: systemRandom,
  });
  await ledger.keepKey(SESSION, sealer.key.kek, sealer.key.wrapped);
  const appended = ledger.append(entry(1), sealed);
  await ledger.close();
  return JSON.parse((await ledger.readLeaf(appended?.index ?? -1)) ?? '');
}

const open = (identity = keys.auditor.identityFile, passphrase?: string) =>
  openContent({
    dir: `${dir}/log`,
    leaf,
    identity,
    ...(passphrase === undefined ? {} : { passphrase }),
  });

const packFile = () => `${dir}/log/${packPath(SESSION, sealer.key.kek)}`;
const keyFile = () => `${dir}/log/${keyPath(SESSION, sealer.key.kek)}`;

describe('openContent', () => {
  verifies('seal:open', async () => {
    for (const { identityFile } of [keys.auditor, keys.recovery]) {
      const opened = await open(identityFile);
      expect(opened.status).toBe('opened');
      expect(opened.parts.map(({ part }) => part)).toEqual(['request', 'result']);
      expect(Buffer.from(opened.parts[0]?.plaintext ?? []).equals(QUESTION)).toBe(true);
      expect(Buffer.from(opened.parts[1]?.plaintext ?? []).equals(ANSWER)).toBe(true);
    }
    const stranger = await createAuditorKeys();
    expect(await open(stranger.auditor.identityFile)).toMatchObject({ code: 'VAULT_WRONG_KEY' });
    expect(await open('no identity')).toMatchObject({ code: 'VAULT_WRONG_KEY', parts: [] });
  });

  it('reads an identity file that is encrypted with a passphrase', async () => {
    const guarded = await createAuditorKeys({ passphrase: 'correct horse' });
    expect(guarded.auditor.identityFile).not.toContain('AGE-SECRET-KEY');
    const recipients = [guarded.auditor.recipient];
    sealer = await createSealer({ session: SESSION, recipients, random: systemRandom });
    leaf = await record([sealer.seal(CALL, 'request', QUESTION)]);
    const { identityFile } = guarded.auditor;
    expect(await open(identityFile, 'correct horse')).toMatchObject({ status: 'opened' });
    expect(await open(identityFile, 'wrong')).toMatchObject({ code: 'VAULT_WRONG_KEY' });
    expect(await open(identityFile)).toMatchObject({ code: 'VAULT_WRONG_KEY' });
  });

  it('says that nothing was sealed', async () => {
    const { content: _, ...bare } = leaf;
    leaf = bare;
    expect(await open()).toMatchObject({ code: 'VAULT_NOT_SEALED' });
  });

  it('tells a missing payload from a shredded one', async () => {
    const pack = await readFile(packFile());
    const shredded = Buffer.from(pack);
    shredded.fill(
      0,
      PACK_HEAD_BYTES + WRAPPED_KEY_AT,
      PACK_HEAD_BYTES + WRAPPED_KEY_AT + WRAPPED_KEY_BYTES,
    );
    await writeFile(packFile(), shredded);
    const opened = await open();
    expect(opened).toMatchObject({ status: 'failed', code: 'PAYLOAD_SHREDDED' });
    expect(opened.parts.map(({ part }) => part)).toEqual(['result']);
    await rm(packFile());
    expect(await open()).toMatchObject({ code: 'PAYLOAD_MISSING', parts: [] });
    await writeFile(keyFile(), '');
    expect(await open()).toMatchObject({ code: 'PAYLOAD_SHREDDED' });
    await rm(keyFile());
    expect(await open()).toMatchObject({ code: 'PAYLOAD_MISSING' });
  });

  it('opens nothing of a record of which any byte was changed', async () => {
    const pack = await readFile(packFile());
    const first = PACK_HEAD_BYTES + pack.readUInt32BE(0);
    for (let at = PACK_HEAD_BYTES; at < first; at += 5) {
      const changed = Buffer.from(pack);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await writeFile(packFile(), changed);
      const opened = await open();
      expect(opened.status, `byte ${at}`).toBe('failed');
      expect(
        opened.parts.map(({ part }) => part),
        `byte ${at}`,
      ).toEqual(['result']);
    }
  });

  it('notices an entry that states other content', async () => {
    const [request, result] = leaf.content ?? [];
    if (request === undefined || result === undefined) throw new Error('no content');
    for (const member of ['commit', 'mac', 'bytes', 'part'] as const) {
      leaf = { ...leaf, content: [{ ...request, [member]: result[member] }] };
      expect(await open(), member).toMatchObject({ code: 'PAYLOAD_TAMPERED', parts: [] });
    }
  });
});

describe('files of the ledger', () => {
  verifies(
    'seal:parameters',
    async () => {
      const names = await readdir(dir, { recursive: true });
      expect(names).toContain('state/log.key');
      for (const name of names) {
        const info = await stat(join(dir, name));
        expect(info.mode & 0o077, name).toBe(0);
        if (!info.isFile()) continue;
        const text = (await readFile(join(dir, name))).toString('latin1');
        expect(text.includes('3704'), name).toBe(false);
        expect(text.includes('rows'), name).toBe(false);
      }
    },
    { case: 'files of the ledger' },
  );

  verifies('seal:writer-cannot-open', async () => {
    const names = await readdir(dir, { recursive: true });
    const texts = await Promise.all(
      names.map((name) => readFile(join(dir, name), 'utf8').catch(() => '')),
    );
    expect(texts.filter((text) => text !== '').length).toBeGreaterThan(5);
    // Nothing that the writer keeps is a key to what it wrote.
    for (const text of texts) expect((await open(text)).parts).toEqual([]);
    expect(texts.join('')).not.toContain('AGE-SECRET-KEY');
  });
});
