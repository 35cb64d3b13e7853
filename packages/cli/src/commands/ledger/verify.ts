import { join } from 'node:path';
import { CodedError, ERRORS, toHex } from '@spoor/core';
import { checkByPlatform, sha256ByPlatform } from '@spoor/ledger';
import {
  VERIFY_CODES,
  type VerifyOptions,
  type VerifyResult,
  verifyLog,
} from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { readLog } from '../../log.ts';
import { paint, visible } from '../../output.ts';
import { exitOf } from './outcomes.ts';
import { checkProof } from './proof.ts';
import { dirOf, readText } from './source.ts';
import { trustOf } from './trust.ts';

export async function verify(context: Context): Promise<number> {
  const { flags, out } = context;
  if (flags.proof !== undefined) return checkProof(context);
  const progress = process.stderr.isTTY && flags.json !== true;
  const result = await verifyLog(readLog(dirOf(context)), {
    ...(await trustOf(context)),
    sha256: sha256ByPlatform,
    ed25519: checkByPlatform,
    ...ageLimit(flags['max-age']),
    ...(await earlierCheckpoint(flags.checkpoint)),
    ...(progress ? { onProgress: showProgress } : {}),
  });
  if (progress) process.stderr.write('\r\x1b[K');
  const exit = exitOf(result.status);
  if (flags.json === true)
    out.json({ ...result, ...('root' in result ? { root: toHex(result.root) } : {}), exit });
  else await tellResult(context, result);
  return exit;
}

const showProgress = (done: number, size: number): void =>
  void process.stderr.write(`\r${done} of ${size} entries `);

async function earlierCheckpoint(
  path: Context['flags'][string],
): Promise<Pick<VerifyOptions, 'checkpoint'>> {
  return typeof path === 'string' ? { checkpoint: await readText(path) } : {};
}

function ageLimit(minutes: Context['flags'][string]): Pick<VerifyOptions, 'nowMs' | 'staleMs'> {
  if (minutes === undefined) return {};
  const staleMs = Number(minutes) * 60_000;
  if (!(staleMs > 0)) throw new CodedError('USAGE', '--max-age takes minutes');
  return { nowMs: Date.now(), staleMs };
}

async function tellResult(context: Context, result: VerifyResult): Promise<void> {
  const { out } = context;
  if (result.status === 'ok') {
    out.line(
      `${paint(out, 'green', 'Verified')}: ${result.size} entries, consistent with the earlier checkpoint.`,
    );
  } else if (result.status === 'unwitnessed') {
    out.line(
      `${paint(out, 'yellow', 'Consistent, unwitnessed')}: ${result.size} entries match their hashes and the signature.`,
    );
    out.line(
      'Without an earlier checkpoint nobody can tell whether the end was cut off. Keep this one elsewhere:',
    );
    out.line(await readText(join(dirOf(context), 'checkpoint')));
  }
  if ('recovered' in result && result.recovered.length > 0) {
    out.note(
      `${paint(out, 'yellow', 'Note')}: the log's own key stood in for a lost epoch key at entry ${result.recovered.join(', ')}.`,
    );
  }
  if (result.status !== 'ok' && result.status !== 'unwitnessed') tellFault(context, result);
}

type Fault = Exclude<VerifyResult, { readonly status: 'ok' | 'unwitnessed' }>;

function tellFault({ out }: Context, result: Fault): void {
  const code = VERIFY_CODES[result.status];
  const why = 'why' in result ? `: ${visible(result.path)}: ${result.why}` : '';
  out.note(`${paint(out, 'red', code)} ${ERRORS[code].message}${why}`);
  out.note(`  ${ERRORS[code].hint}`);
}
