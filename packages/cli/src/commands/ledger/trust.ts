/** Which keys a log is checked by: a file's, or those that a root key vouches for. */
import { join } from 'node:path';
import { CodedError } from '@spoor/core';
import { checkByPlatform } from '@spoor/ledger';
import { manifestDigest, type VerifyOptions, verifyManifest } from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { timeFault } from '../keys/manifest.ts';
import { dirOf, keyOf, readText } from './source.ts';

export type Trust = Pick<VerifyOptions, 'verifierKey' | 'former' | 'manifest'>;

/** @throws CodedError MANIFEST_INVALID, MANIFEST_EXPIRED, LEDGER_UNREADABLE */
export async function trustOf(context: Context): Promise<Trust> {
  const { root } = context.flags;
  if (typeof root !== 'string') return { verifierKey: await keyOf(context) };
  const rootKey = (await readText(root)).trim();
  const note = await readText(join(dirOf(context), 'manifest'));
  const result = verifyManifest(note, rootKey, checkByPlatform);
  if (result.status === 'unverified') throw new CodedError('MANIFEST_INVALID', result.why);
  const { manifest } = result;
  const code = timeFault(manifest, Date.now());
  if (code !== undefined) throw new CodedError(code);
  const { serial, log, former } = manifest;
  return { verifierKey: log, former, manifest: { serial, digest: manifestDigest(manifest) } };
}
