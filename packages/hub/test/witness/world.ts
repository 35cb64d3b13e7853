/** A real ledger, real witnesses, and no network between them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@spoor/core';
import { type Entry, type Ledger, nodeDisk, openLedger } from '@spoor/ledger';
import { parsePolicy, type WitnessPolicy } from '@spoor/ledger/verify';
import { FileState, makeCosigner, type Posted, Witness } from '@spoor/ledger/witness';
import { onTestFinished } from 'vitest';
import type { Asker } from '../../src/witness/askers.ts';
import { type Refusal, Witnessing } from '../../src/witness/witnessing.ts';

const ORIGIN = 'hub.example/spoor';

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spoor-witness-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const open = (folder: string): Promise<Ledger> =>
  openLedger({
    dir: join(folder, 'log'),
    stateDir: join(folder, 'state'),
    origin: ORIGIN,
    clock: systemClock,
    random: systemRandom,
    publishIntervalMs: 10,
  });

export interface Running {
  readonly witness: Witness;
  readonly key: string;
  /** What the next requests meet; the witness itself without it. */
  answer?: (body: Uint8Array) => Promise<Posted>;
}

export async function newWitness(log: string, name: string): Promise<Running> {
  const folder = await newFolder();
  const path = join(folder, 'state.json');
  await FileState.create(nodeDisk, path);
  const cosigner = await makeCosigner(nodeDisk, join(folder, 'key'), name, systemRandom);
  const key = cosigner.witnessKey;
  const state = await FileState.open(nodeDisk, path, key);
  return { key, witness: new Witness({ logs: [log], cosigner, state, clock: systemClock }) };
}

export function policyOf(witnesses: readonly Running[], quorum: string): WitnessPolicy {
  const names = witnesses.map((_, i) => `w${i}`);
  const lines = witnesses.map(({ key }, i) => `witness w${i} ${key} http://127.0.0.1:1`);
  const text = `${lines.join('\n')}\ngroup g ${quorum} ${names.join(' ')}\nquorum g\n`;
  const parsed = parsePolicy(Buffer.from(text));
  if (parsed.status === 'invalid') throw new Error(parsed.why);
  return parsed.policy;
}

export interface Watched {
  readonly witnessing: Witnessing;
  readonly entries: Entry[];
  readonly refusals: (readonly [string, Refusal])[];
}

export function watch(
  ledger: Ledger,
  folder: string,
  witnesses: readonly Running[],
  quorum = 'all',
): Watched {
  const policy = policyOf(witnesses, quorum);
  const askers = policy.witnesses.map((witness, i): Asker => {
    const one = witnesses[i] as Running;
    const post = async (body: Uint8Array): Promise<Posted> => {
      if (one.answer !== undefined) return one.answer(body);
      const said = await one.witness.add(body);
      return { status: said.status, body: Buffer.from(said.body) };
    };
    return { witness, post, close: async () => undefined };
  });
  const entries: Entry[] = [];
  const refusals: (readonly [string, Refusal])[] = [];
  const witnessing = new Witnessing({
    policy,
    askers,
    ledger,
    source: { read: (path) => nodeDisk.read(join(folder, 'log', path)) },
    nowMs: Date.now,
    note: (entry) => {
      entries.push(entry);
      ledger.append(entry);
    },
    refused: (name, answer) => refusals.push([name, answer]),
    lostAfterMs: 500,
  });
  onTestFinished(() => witnessing.close(100));
  return { witnessing, entries, refusals };
}

/** Looks again until it holds; a test's own time limit ends it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
