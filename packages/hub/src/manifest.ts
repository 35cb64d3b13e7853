/** What the owner's root key says of this log's keys, where the owner made one. */
import { readFileSync } from 'node:fs';
import { type Home, readRecipients } from '@spoor/edge/home';
import type { Ledger } from '@spoor/ledger';
import { type Manifest, manifestDigest, verifyManifest } from '@spoor/ledger/verify';

/** Undefined where there is none, or none that the pinned root key has signed; that is said. */
export function readManifest(home: Home, say: (line: string) => void): Manifest | undefined {
  const rootKey = readIfThere(home.rootKey)?.trim();
  const note = readIfThere(home.manifest);
  if (rootKey === undefined || note === undefined) return undefined;
  const verified = verifyManifest(note, rootKey);
  if (verified.status === 'verified') return verified.manifest;
  say(`MANIFEST_INVALID ${home.manifest}: ${verified.why}`);
  return undefined;
}

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/**
 * Which manifest holds stands in the ledger, so that nobody can put an older one in its place. What
 * does not agree with it is said; calls go on.
 */
export function noteManifest(
  ledger: Ledger,
  manifest: Manifest | undefined,
  { home, say }: { readonly home: Home; readonly say: (line: string) => void },
): void {
  if (manifest === undefined) return;
  const { serial, log, untilMs } = manifest;
  const digest = manifestDigest(manifest);
  ledger.append({ kind: 'config.changed', detail: { what: 'key.manifest', serial, digest } });
  if (log !== ledger.verifierKey) say('MANIFEST_INVALID it names another key of the log');
  if (untilMs < Date.now()) say(`MANIFEST_EXPIRED at ${new Date(untilMs).toISOString()}`);
  const strangers = strangersTo(manifest, readRecipients(home));
  if (strangers.length > 0) {
    say(`MANIFEST_INVALID contents are sealed to ${strangers.join(', ')}, which it does not name`);
  }
}

/** Recipients that the manifest does not name: somebody who put in a key of his own. */
const strangersTo = (
  { auditors, recovery }: Manifest,
  recipients: readonly string[],
): readonly string[] => recipients.filter((one) => ![...auditors, ...recovery].includes(one));
