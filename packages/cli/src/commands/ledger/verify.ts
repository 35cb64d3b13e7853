import { join } from 'node:path';
import { ERRORS, toHex } from '@spoor/core';
import { checkByPlatform, sha256ByPlatform } from '@spoor/ledger';
import { readLog } from '@spoor/ledger/folder';
import {
  type LogSource,
  STALE_AFTER_MS,
  VERIFY_CODES,
  type VerifyOptions,
  type VerifyResult,
  verifyLog,
  verifyWitnessed,
} from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { exitOf } from './outcomes.ts';
import { outcomeOf, payloadCheck, tellPayloads } from './payloads.ts';
import { checkProof } from './proof.ts';
import { prunedWords } from './pruned.ts';
import { dirOf, readText } from './source.ts';
import { trustOf } from './trust.ts';
import { type AskedNow, askNow, readAge, readWitnesses, tellWitnesses } from './witness.ts';

export async function verify(context: Context): Promise<number> {
  const { flags, out } = context;
  if (flags.proof !== undefined) return checkProof(context);
  const progress = process.stderr.isTTY && flags.json !== true;
  const check = payloadCheck(context);
  const source = readLog(dirOf(context));
  const options: VerifyOptions = {
    ...(await trustOf(context)),
    sha256: sha256ByPlatform,
    ed25519: checkByPlatform,
    ...ageLimit(flags['max-age']),
    ...(await earlierCheckpoint(flags.checkpoint)),
    ...(check === undefined ? {} : { onEntries: (leaves, first) => check.take(leaves, first) }),
    ...(progress ? { onProgress: showProgress } : {}),
  };
  const { result, unasked } =
    typeof flags.witness === 'string'
      ? await withWitnesses(flags.witness, source, options, flags.offline === true)
      : { result: await verifyLog(source, options), unasked: [] };
  if (progress) process.stderr.write('\r\x1b[K');
  const payloads = check?.report();
  const status = outcomeOf(result, payloads);
  const exit = exitOf(status);
  const root = 'root' in result ? { root: toHex(result.root) } : {};
  const more = unasked.length > 0 ? { unasked } : {};
  if (flags.json === true) out.json({ ...result, ...root, ...more, status, payloads, exit });
  else {
    await tellResult(context, result);
    tellWitnesses(context, result, unasked);
    if ('root' in result) tellPayloads(out, payloads);
  }
  return exit;
}

async function withWitnesses(
  value: string,
  source: LogSource,
  options: VerifyOptions,
  offline: boolean,
): Promise<AskedNow> {
  const policy = await readWitnesses(value);
  const nowMs = Date.now();
  const all = { staleMs: STALE_AFTER_MS, nowMs, ...options, policy };
  const result = await verifyWitnessed(source, all);
  return offline ? { result, unasked: [] } : askNow(policy, source, result);
}

const showProgress = (done: number, size: number): void =>
  void process.stderr.write(`\r${done} of ${size} entries `);

async function earlierCheckpoint(
  path: Context['flags'][string],
): Promise<Pick<VerifyOptions, 'checkpoint'>> {
  return typeof path === 'string' ? { checkpoint: await readText(path) } : {};
}

const ageLimit = (age: Context['flags'][string]): Pick<VerifyOptions, 'nowMs' | 'staleMs'> =>
  age === undefined ? {} : { nowMs: Date.now(), staleMs: readAge(String(age)) };

async function tellResult(context: Context, result: VerifyResult): Promise<void> {
  const { out } = context;
  if (result.status === 'ok') {
    out.line(
      `${paint(out, 'green', 'Verified')}: ${result.size} entries, consistent with what others hold.`,
    );
  } else if (result.status === 'unwitnessed') {
    out.line(
      `${paint(out, 'yellow', 'Consistent, unwitnessed')}: ${result.size} entries match their hashes and the signature.`,
    );
    out.line(
      'Without an earlier checkpoint or a witness nobody can tell whether the end was cut off. Keep this one elsewhere:',
    );
    out.line(await readText(join(dirOf(context), 'checkpoint')));
  }
  if ('pruned' in result && result.pruned !== undefined) {
    const { entry, kept } = result.pruned;
    const says = `as entry ${entry} says; their hashes match, and ${kept} of them are kept`;
    out.note(`${paint(out, 'yellow', 'Note')}: ${prunedWords(result.pruned)}, ${says}.`);
  }
  if ('recovered' in result && result.recovered.length > 0) {
    out.note(
      `${paint(out, 'yellow', 'Note')}: the log's own key stood in for a lost epoch key at entry ${result.recovered.join(', ')}.`,
    );
  }
  if ('unanswered' in result && result.unanswered.count > 0) {
    const { count, first } = result.unanswered;
    out.note(
      `${paint(out, 'yellow', 'Note')}: ${count} requests have no result, first at entry ${first.join(', ')}.`,
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
