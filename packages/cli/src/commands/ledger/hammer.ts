/** Load with checks: a writer in a process of its own, and readers that believe nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { CodedError, ERRORS } from '@spoor/core';
import { checkByPlatform } from '@spoor/ledger';
import { readLog } from '@spoor/ledger/folder';
import {
  type Checkpoint,
  consistencyProof,
  type LogSource,
  parseCheckpoint,
  proveEntry,
  verifyConsistency,
  verifyNote,
  verifyProof,
} from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { paint } from '../../output.ts';
import { LAUNCHER } from '../../places.ts';
import { keyOf } from './source.ts';

const CALLERS_MAX = 1_024;
const SECONDS_MAX = 3_600;

export interface Hammered {
  readonly appended: number;
  readonly perSecond: number;
  readonly ackMs: { readonly p50: number; readonly p99: number };
}

interface Checks {
  inclusions: number;
  consistencies: number;
  /** A file went away while it was read, as partial tiles do; the newer one was read instead. */
  retries: number;
  faults: string[];
}

export async function hammer(context: Context): Promise<number> {
  const { flags } = context;
  const seconds = within(flags.seconds ?? 10, SECONDS_MAX);
  const callers = within(flags.callers ?? 64, CALLERS_MAX);
  if (typeof flags.writer === 'string') {
    const { write } = await import('./hammerwriter.ts');
    return write(flags.writer, seconds, callers);
  }
  const folder = await mkdtemp(join(tmpdir(), 'spoor-hammer-'));
  try {
    const args = ['--writer', folder, '--seconds', String(seconds), '--callers', String(callers)];
    const child = spawn(process.execPath, [LAUNCHER, 'ledger', 'hammer', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = text(child.stdout);
    const ended = once(child, 'exit');
    const checks: Checks = { inclusions: 0, consistencies: 0, retries: 0, faults: [] };
    const isOver = ended.then(() => true);
    // Its own key, whatever other log this user has.
    const own = { dir: join(folder, 'log'), key: join(folder, 'ledger-state', 'log.vkey') };
    const readers = [1, 2].map(() => readUntil(isOver, { ...context, flags: own }, checks));
    await isOver;
    await Promise.all(readers);
    const written = JSON.parse(await said) as Hammered;
    return report(context, written, checks);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function within(flag: string | boolean | number, max: number): number {
  const count = Number(flag);
  if (!Number.isSafeInteger(count) || count < 1 || count > max)
    throw new CodedError('USAGE', `--seconds up to ${SECONDS_MAX}, --callers up to ${CALLERS_MAX}`);
  return count;
}

async function readUntil(
  isOver: Promise<boolean>,
  context: Context,
  checks: Checks,
): Promise<void> {
  const reader = new Reader(context, checks);
  while (!(await Promise.race([isOver, delay(5, false)]))) {
    await reader.look().catch((error: unknown) => {
      if (!(error instanceof CodedError)) throw error;
      checks.retries++;
    });
  }
}

/** Takes nothing from the writer but its public key, once. */
class Reader {
  readonly #context: Context;
  readonly #checks: Checks;
  readonly #source: LogSource;
  #key: string | undefined;
  #before: Checkpoint | undefined;

  constructor(context: Context, checks: Checks) {
    this.#context = context;
    this.#checks = checks;
    this.#source = readLog(String(context.flags.dir));
  }

  async look(): Promise<void> {
    this.#key ??= await keyOf(this.#context).catch(() => undefined);
    const note = await this.#source.read('checkpoint');
    if (this.#key === undefined || note === undefined) return;
    const verified = verifyNote(new TextDecoder().decode(note), this.#key, checkByPlatform);
    const now = verified.status === 'verified' ? parseCheckpoint(verified.note.text) : undefined;
    if (now === undefined) {
      this.#checks.faults.push('a checkpoint does not verify');
      return;
    }
    await this.#growth(now);
    await this.#entry(now, this.#key);
  }

  async #growth(now: Checkpoint): Promise<void> {
    const before = this.#before;
    if (before !== undefined && before.size > 0 && now.size > before.size) {
      const proof = await consistencyProof(this.#source, before.size, now.size);
      const claim = { size1: before.size, size2: now.size, root1: before.root, root2: now.root };
      if (!verifyConsistency({ ...claim, proof })) {
        this.#checks.faults.push(`the tree of ${now.size} does not begin with that before`);
      }
      this.#checks.consistencies++;
    }
    this.#before = now;
  }

  async #entry({ size }: Checkpoint, key: string): Promise<void> {
    const index = Math.floor(Math.random() * size);
    const proof = await proveEntry(this.#source, index);
    if (proof === undefined) return;
    if (verifyProof(proof, key, checkByPlatform).status !== 'verified') {
      this.#checks.faults.push(`entry ${index} is not proved`);
    }
    this.#checks.inclusions++;
  }
}

function report({ flags, out }: Context, written: Hammered, checks: Checks): number {
  const exit = checks.faults.length === 0 ? 0 : ERRORS.LEDGER_TAMPERED.exit;
  if (flags.json === true) {
    out.json({ ...written, ...checks, exit });
    return exit;
  }
  const { appended, perSecond, ackMs } = written;
  out.line(
    `${appended} entries, each on disk before it was acknowledged: ${Math.round(perSecond)}/s`,
  );
  out.line(
    `Acknowledged in ${ackMs.p50.toFixed(1)} ms (median), ${ackMs.p99.toFixed(1)} ms (99 %)`,
  );
  const { inclusions, consistencies, retries, faults } = checks;
  const of = `${inclusions} entries and ${consistencies} growths of the log`;
  if (exit === 0)
    out.line(`${paint(out, 'green', 'Proved')} meanwhile: ${of}; ${retries} read again.`);
  else out.note(`${paint(out, 'red', 'Not proved')}: ${faults.slice(0, 5).join('; ')}`);
  return exit;
}
