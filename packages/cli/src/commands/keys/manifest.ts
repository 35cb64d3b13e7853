import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { CodedError, type ErrorCode } from '@spoor/core';
import { checkByPlatform } from '@spoor/ledger';
import { isEncrypted, openRootKey } from '@spoor/ledger/open';
import {
  formatManifest,
  type Manifest,
  manifestDigest,
  mayReplace,
  parseManifest,
  verifyManifest,
} from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { draftManifest } from './draft.ts';
import { replaceText, textOf } from './files.ts';
import { oldPassphrase } from './passphrase.ts';

export async function manifest(context: Context): Promise<number> {
  const [, action, file] = context.words;
  if (action === 'draft') return draft(context);
  if (action === 'sign') return sign(context, file);
  if (action === 'install' && file !== undefined)
    return install(context, readFileSync(file, 'utf8'));
  if (action === 'show') return show(context);
  if (action === 'check') return check(context, file);
  throw new CodedError('USAGE', 'keys manifest draft, sign, install FILE, show or check');
}

/** Unsigned, for the machine on which the root key is. */
async function draft(context: Context): Promise<number> {
  process.stdout.write(formatManifest(await draftManifest(context)));
  return 0;
}

/** A draft that was brought here is signed and printed; this machine's own is put in place too. */
async function sign(context: Context, file: string | undefined): Promise<number> {
  const { flags } = context;
  if (typeof flags['root-key'] !== 'string') throw new CodedError('USAGE', '--root-key');
  const secret = readFileSync(flags['root-key'], 'utf8');
  const passphrase = isEncrypted(secret) ? await oldPassphrase(flags, 'the root key') : undefined;
  const signer = await openRootKey(secret, passphrase);
  const wanted =
    file === undefined ? await draftManifest(context) : parseManifest(readFileSync(file, 'utf8'));
  if (wanted === undefined) throw new CodedError('MANIFEST_INVALID', `${file} is no draft`);
  const note = signer.sign(formatManifest(wanted));
  if (file === undefined) return install(context, note);
  process.stdout.write(note);
  return 0;
}

async function install(context: Context, note: string): Promise<number> {
  const { home, out, flags } = context;
  const next = verified(context, note);
  const installed = textOf(home.manifest);
  const before = installed === undefined ? undefined : verified(context, installed);
  if (before !== undefined && !mayReplace(before, next)) {
    throw new CodedError('MANIFEST_OLDER', `serial ${before.serial}`);
  }
  mkdirSync(home.ledger, { recursive: true, mode: 0o700 });
  replaceText(home.manifest, note);
  if (flags.json === true) out.json({ serial: next.serial, digest: manifestDigest(next) });
  else {
    out.line(`Key manifest ${next.serial} is in place, at ${home.manifest}`);
    out.line(
      'The hub writes it into the ledger when it starts next. Keep a copy with the root key.',
    );
  }
  return 0;
}

/** @throws CodedError MANIFEST_INVALID */
function verified(context: Context, note: string): Manifest {
  const result = verifyManifest(note, rootKeyOf(context), checkByPlatform);
  if (result.status === 'unverified') throw new CodedError('MANIFEST_INVALID', result.why);
  return result.manifest;
}

function rootKeyOf({ flags, home }: Context): string {
  const path = typeof flags.root === 'string' ? flags.root : home.rootKey;
  if (!existsSync(path))
    throw new CodedError('USAGE', `no public root key at ${path}: give --root`);
  return readFileSync(path, 'utf8').trim();
}

function show({ home, out }: Context): number {
  const note = textOf(home.manifest);
  if (note === undefined) throw new CodedError('NOT_FOUND', 'no key manifest');
  out.line(visible(note.trimEnd()));
  return 0;
}

function check(context: Context, file: string | undefined): number {
  const { home, out, flags } = context;
  const note = file === undefined ? textOf(home.manifest) : readFileSync(file, 'utf8');
  if (note === undefined) throw new CodedError('NOT_FOUND', 'no key manifest');
  const found = verified(context, note);
  const code = timeFault(found, Date.now());
  if (code !== undefined)
    throw new CodedError(code, `until ${new Date(found.untilMs).toISOString()}`);
  if (flags.json === true)
    out.json({ serial: found.serial, log: found.log, digest: manifestDigest(found) });
  else {
    out.line(`${paint(out, 'green', 'Vouched for')}: serial ${found.serial}, log key ${found.log}`);
  }
  return 0;
}

export const timeFault = ({ issuedMs, untilMs }: Manifest, nowMs: number): ErrorCode | undefined =>
  nowMs > untilMs || nowMs + CLOCK_SKEW_MS < issuedMs ? 'MANIFEST_EXPIRED' : undefined;

/** Two machines' clocks may differ by so much. */
const CLOCK_SKEW_MS = 300_000;
