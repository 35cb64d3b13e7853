/** The words of witnesses, for `verify`: from the files, and from the witnesses themselves. */
import { readFile } from 'node:fs/promises';
import { CodedError, DAY_MS, LIMITS } from '@spoor/core';
import { OutboundClient } from '@spoor/edge';
import {
  type LogSource,
  type PolicyWitness,
  parseCheckpoint,
  parsePolicy,
  policyOf,
  type WitnessedResult,
  type WitnessPolicy,
} from '@spoor/ledger/verify';
import { type Probed, probeWitness } from '@spoor/ledger/witness';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';

const ASK_MS = 5_000;

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
};

/** `90s`, `5m`, `2h`, `1d`; a bare number is minutes. */
export function readAge(text: string): number {
  const [, digits = '', unit = 'm'] = /^(\d{1,6})([smhd])?$/.exec(text) ?? [];
  const ms = Number(digits) * (UNITS[unit] ?? 0);
  if (digits === '' || ms === 0) throw new CodedError('USAGE', '--max-age takes 90s, 5m, 2h or 1d');
  return ms;
}

/** A policy file, a file with one key, or the key itself. @throws CodedError WITNESS_POLICY */
export async function readWitnesses(value: string): Promise<WitnessPolicy> {
  const single = policyOf(value.trim());
  if (single !== undefined) return single;
  const bytes = await readFile(value).catch((error: unknown) => {
    throw new CodedError('WITNESS_POLICY', `${value} is no key of a witness and no file`, error);
  });
  const inside = policyOf(bytes.toString('utf8').trim());
  if (inside !== undefined) return inside;
  const parsed = parsePolicy(bytes);
  if (parsed.status === 'ok') return parsed.policy;
  throw new CodedError('WITNESS_POLICY', `${value}:${parsed.line} ${parsed.why}`);
}

/** What the witnesses themselves say of a log that its files say is well. */
export interface AskedNow {
  readonly result: WitnessedResult;
  /** Who could not be asked, and why. */
  readonly unasked: readonly string[];
}

/**
 * Asks witnesses that the policy has an address of whether they know of more than is here: the
 * files of an older backup agree with each other, cosignatures and all.
 */
export async function askNow(
  policy: WitnessPolicy,
  source: LogSource,
  result: WitnessedResult,
): Promise<AskedNow> {
  const unasked: string[] = [];
  if (!('root' in result)) return { result, unasked };
  for (const witness of policy.witnesses) {
    if (witness.url === undefined) continue;
    const said = await probe(witness, witness.url, await readNote(source));
    if ('why' in said) unasked.push(`${witness.name}: ${said.why}`);
    // A log that grows meanwhile is ahead of what was asked with, and so is its witness.
    const grown = said.status === 'ahead' && sizeOf(await readNote(source)) >= said.size;
    if (said.status === 'ahead' && !grown) {
      const rolled = { size: result.size, expectedSize: said.size };
      return { result: { status: 'rolled-back', ...rolled }, unasked };
    }
    if (said.status === 'split') {
      const why = `witness ${witness.name} holds another tree of that size`;
      return { result: { status: 'tampered', path: 'checkpoint', why }, unasked };
    }
  }
  return { result, unasked };
}

const readNote = async (source: LogSource): Promise<string> =>
  Buffer.from((await source.read('checkpoint')) ?? []).toString();

const sizeOf = (note: string): number =>
  parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))?.size ?? 0;

async function probe({ key }: PolicyWitness, url: string, note: string): Promise<Probed> {
  const target = new URL(url);
  target.pathname = `${target.pathname.replace(/\/$/, '')}/add-checkpoint`;
  const client = new OutboundClient({
    // Whoever verifies has named this host.
    trustedHosts: [target.hostname],
    timeoutMs: ASK_MS,
    responseBytesMax: LIMITS.witnessAnswerBytesMax,
  });
  try {
    const post = (body: Uint8Array): ReturnType<typeof client.post> =>
      client.post(target, { 'content-type': 'text/plain' }, body);
    return await probeWitness({ note, key, nowMs: Date.now, post });
  } catch (error) {
    return { status: 'later', why: error instanceof CodedError ? error.code : 'INTERNAL' };
  } finally {
    await client.close();
  }
}

/** Who has vouched for what, and when. */
export function tellWitnesses(
  { out }: Context,
  { cosigned }: WitnessedResult,
  unasked: readonly string[],
): void {
  for (const { name, timeMs } of cosigned?.words ?? []) {
    const when = timeMs === undefined ? 'has not cosigned' : new Date(timeMs).toISOString();
    out.line(
      `Witness ${visible(name)}: ${when}${timeMs === undefined ? '' : `, ${cosigned?.size} entries`}`,
    );
  }
  for (const line of unasked) {
    out.note(`${paint(out, 'yellow', 'Note')}: could not be asked: ${visible(line)}`);
  }
}
