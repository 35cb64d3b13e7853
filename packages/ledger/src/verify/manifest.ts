/**
 * Key manifests: what a root key, which is kept offline, says of a log's keys. A signed note (C2SP
 * signed-note) whose text has one statement a line:
 *
 *     spoor key manifest v1
 *     serial 2
 *     issued 2026-11-21T18:00:00.000Z
 *     until 2027-11-21T18:00:00.000Z
 *     log host.example/spoor+9ab01234+AQ...
 *     closed 1234 <base64 of the root> host.example/spoor+52ab9012+AQ...
 *     auditor age1...
 *     recovery age1...
 *
 * A `closed` line names a key of the log that was lost or stolen, and the last tree that counts of
 * those that it signed.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { equalBytes, fromBase64, toBase64, toHex } from '@spoor/core';
import { HASH_BYTES } from '../tree/hasher.ts';
import { type CheckSignature, parseVerifierKey, verifyNote } from './key.ts';

/** A key that this log had before. */
export interface FormerKey {
  readonly verifierKey: string;
  /** The last tree that it may have signed. */
  readonly size: number;
  readonly root: Uint8Array;
}

export interface Manifest {
  /** From 1; the manifest with the highest is the one that holds. */
  readonly serial: number;
  readonly issuedMs: number;
  readonly untilMs: number;
  /** C2SP vkey of the log; its name is the log's origin. */
  readonly log: string;
  /** Oldest first. */
  readonly former: readonly FormerKey[];
  /** `age` recipients. */
  readonly auditors: readonly string[];
  readonly recovery: readonly string[];
}

const HEAD = 'spoor key manifest v1';

export function formatManifest(manifest: Manifest): string {
  const { serial, issuedMs, untilMs, log, former, auditors, recovery } = manifest;
  const lines = [
    HEAD,
    `serial ${serial}`,
    `issued ${new Date(issuedMs).toISOString()}`,
    `until ${new Date(untilMs).toISOString()}`,
    `log ${log}`,
    ...former.map(
      ({ size, root, verifierKey }) => `closed ${size} ${toBase64(root)} ${verifierKey}`,
    ),
    ...auditors.map((recipient) => `auditor ${recipient}`),
    ...recovery.map((recipient) => `recovery ${recipient}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Undefined for any text that {@link formatManifest} would not write exactly so. */
export function parseManifest(text: string): Manifest | undefined {
  const lines = text.split('\n').map((line) => line.split(' '));
  const first = (name: string): string => lines.find(([word]) => word === name)?.[1] ?? '';
  const all = (name: string): string[][] =>
    lines.flatMap(([word, ...rest]) => (word === name ? [rest] : []));
  const former = all('closed').flatMap((words) => parseFormer(words) ?? []);
  const manifest: Manifest = {
    serial: Number(first('serial')),
    issuedMs: Date.parse(first('issued')),
    untilMs: Date.parse(first('until')),
    log: first('log'),
    former,
    auditors: all('auditor').map(([recipient = '']) => recipient),
    recovery: all('recovery').map(([recipient = '']) => recipient),
  };
  return isSound(manifest) && formatManifest(manifest) === text ? manifest : undefined;
}

function parseFormer([decimal = '', base64 = '', verifierKey = '']: string[]):
  | FormerKey
  | undefined {
  const root = fromBase64(base64);
  return root && { size: Number(decimal), root, verifierKey };
}

const RECIPIENT = /^age1[0-9a-z]{1,2000}$/;

function isSound({
  serial,
  issuedMs,
  untilMs,
  log,
  former,
  auditors,
  recovery,
}: Manifest): boolean {
  const origin = parseVerifierKey(log)?.name;
  const isNumbered = Number.isSafeInteger(serial) && serial > 0;
  const isTimed = Number.isFinite(issuedMs) && Number.isFinite(untilMs) && untilMs > issuedMs;
  const areFormer = former.every(
    ({ verifierKey, size, root }, i) =>
      Number.isSafeInteger(size) &&
      size >= (former[i - 1]?.size ?? 0) &&
      root.length === HASH_BYTES &&
      parseVerifierKey(verifierKey)?.name === origin,
  );
  const areRecipients = [...auditors, ...recovery].every((one) => RECIPIENT.test(one));
  return origin !== undefined && isNumbered && isTimed && areFormer && areRecipients;
}

/** Of the text, without signatures: what the ledger says of a manifest. Hexadecimal. */
export const manifestDigest = (manifest: Manifest): string =>
  toHex(sha256(new TextEncoder().encode(formatManifest(manifest))));

export type VerifiedManifest =
  | { readonly status: 'verified'; readonly manifest: Manifest }
  | { readonly status: 'unverified'; readonly why: string };

/** Checks the root's signature, not whether the manifest holds at this time. */
export function verifyManifest(
  note: string,
  rootKey: string,
  check?: CheckSignature,
): VerifiedManifest {
  const verified = verifyNote(note, rootKey, check);
  if (verified.status === 'unverified') return verified;
  const manifest = parseManifest(verified.note.text);
  if (manifest === undefined) return { status: 'unverified', why: 'it is no key manifest' };
  return { status: 'verified', manifest };
}

/** Does the newer one say nothing else of what is closed already, and is it newer? */
export const mayReplace = (older: Manifest, newer: Manifest): boolean =>
  newer.serial > older.serial &&
  older.former.every((one, i) => {
    const same = newer.former[i];
    return (
      same?.verifierKey === one.verifierKey &&
      same.size === one.size &&
      equalBytes(same.root, one.root)
    );
  });
