import { CodedError, DAY_MS, systemRandom } from '@spoor/core';
import { readHubAddress, readRecipients } from '@spoor/edge/home';
import { checkByPlatform, renewLogKey } from '@spoor/ledger';
import { type Manifest, parseVerifierKey, verifyManifest } from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { replaceText, textOf, verifierKeyPath } from './files.ts';

const DAYS_MAX = 3_650;

/** What a manifest of this machine's keys would say now, after the one that is in place. */
export async function draftManifest(context: Context): Promise<Manifest> {
  const { home, flags } = context;
  const days = Number(flags.days ?? 365);
  if (!(days > 0 && days <= DAYS_MAX)) throw new CodedError('USAGE', `--days up to ${DAYS_MAX}`);
  const before = installed(context);
  const key = before?.log ?? textOf(verifierKeyPath(home))?.trim();
  if (key === undefined) {
    throw new CodedError('NOT_FOUND', "the log's key; it is made when the hub starts first");
  }
  const former = before?.former ?? [];
  const renewed = flags['new-log-key'] === true ? await renew(context, key, former) : undefined;
  const recipients = readRecipients(home);
  const issuedMs = Date.now();
  return {
    serial: (before?.serial ?? 0) + 1,
    issuedMs,
    untilMs: issuedMs + days * DAY_MS,
    log: renewed?.verifierKey ?? key,
    former: renewed === undefined ? former : [...former, renewed.closed],
    auditors: recipients.length < 2 ? recipients : recipients.slice(0, -1),
    recovery: recipients.length < 2 ? [] : recipients.slice(-1),
  };
}

function installed({ home }: Context): Manifest | undefined {
  const note = textOf(home.manifest);
  const rootKey = textOf(home.rootKey)?.trim();
  if (note === undefined || rootKey === undefined) return undefined;
  const result = verifyManifest(note, rootKey, checkByPlatform);
  if (result.status === 'unverified') throw new CodedError('MANIFEST_INVALID', result.why);
  return result.manifest;
}

async function renew(
  { home, flags }: Context,
  verifierKey: string,
  former: Manifest['former'],
): ReturnType<typeof renewLogKey> {
  const pid = readHubAddress(home)?.pid;
  if (pid !== undefined && runs(pid)) throw new CodedError('HUB_RUNNING', `process ${pid}`);
  const origin = parseVerifierKey(verifierKey)?.name ?? '';
  const isStolen = flags.stolen === true;
  const stateDir = home.ledgerState;
  const options = { stateDir, verifierKey, origin, former, isStolen, random: systemRandom };
  const renewed = await renewLogKey(options);
  replaceText(verifierKeyPath(home), `${renewed.verifierKey}\n`);
  return renewed;
}

/** A hub that was killed leaves its address behind. */
function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
