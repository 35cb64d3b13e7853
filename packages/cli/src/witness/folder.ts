/** The witness's own folder: its key, the logs that it knows, and what it has signed. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, LIMITS, systemRandom } from '@spoor/core';
import { nodeDisk } from '@spoor/ledger';
import { parseVerifierKey, parseWitnessKey } from '@spoor/ledger/verify';
import { type Cosigner, FileState, loadCosigner, makeCosigner } from '@spoor/ledger/witness';
import type { Context } from '../command.ts';

export interface WitnessFolder {
  readonly path: string;
  readonly key: string;
  /** Public key, for logs and verifiers. */
  readonly publicKey: string;
  /** vkeys of logs, one a line. */
  readonly logs: string;
  readonly state: string;
  readonly lock: string;
  /** Proofs that a log has signed two histories. */
  readonly evidence: string;
}

/** Apart from the hub's: it should lie on another machine, or be another user's. */
export function locateWitness({ flags, home }: Pick<Context, 'flags' | 'home'>): WitnessFolder {
  const path = typeof flags.dir === 'string' ? flags.dir : `${home.folder}-witness`;
  return {
    path,
    key: join(path, 'witness.key'),
    publicKey: join(path, 'witness.vkey'),
    logs: join(path, 'logs'),
    state: join(path, 'state.json'),
    lock: join(path, 'lock'),
    evidence: join(path, 'evidence'),
  };
}

/** @throws CodedError WITNESS_CONFIG where there is none, or its key is not the one that is told */
export async function loadWitness(folder: WitnessFolder): Promise<Cosigner> {
  const told = await readText(folder.publicKey);
  const name = parseWitnessKey(told.trim())?.name ?? '';
  const cosigner = name === '' ? undefined : await loadCosigner(nodeDisk, folder.key, name);
  if (cosigner?.witnessKey === told.trim()) return cosigner;
  throw new CodedError('WITNESS_CONFIG', `${folder.publicKey} does not fit the key`);
}

/** Makes key and state together: a state that is lost later is never begun anew in silence. */
export async function makeWitness(folder: WitnessFolder, name: string): Promise<Cosigner> {
  if (existsSync(folder.key)) return loadWitness(folder);
  if (parseName(name) === undefined) {
    throw new CodedError('WITNESS_CONFIG', '--name takes a name without spaces and plus signs');
  }
  await FileState.create(nodeDisk, folder.state);
  const cosigner = await makeCosigner(nodeDisk, folder.key, name, systemRandom);
  await writeText(folder.publicKey, `${cosigner.witnessKey}\n`);
  return cosigner;
}

const parseName = (name: string): string | undefined =>
  /^[\x21-\x7e]{1,128}$/.test(name) && !name.includes('+') ? name : undefined;

/** vkeys of the logs; a line may be a comment. @throws CodedError WITNESS_CONFIG */
export async function readLogs(path: string): Promise<string[]> {
  const lines = (await readText(path)).split('\n').map((line) => line.trim());
  const logs = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const bad = logs.findIndex((log) => parseVerifierKey(log) === undefined);
  if (bad >= 0) throw new CodedError('WITNESS_CONFIG', `${path}: no key of a log: ${logs[bad]}`);
  if (logs.length > LIMITS.witnessLogsMax) {
    throw new CodedError('WITNESS_CONFIG', `${path}: more than ${LIMITS.witnessLogsMax} logs`);
  }
  return logs;
}

/** Adds the keys of a file to those that are known. */
export async function addLogs(folder: WitnessFolder, file: string): Promise<void> {
  const known = existsSync(folder.logs) ? await readLogs(folder.logs) : [];
  const logs = [...new Set([...known, ...(await readLogs(file))])];
  await writeText(folder.logs, logs.map((log) => `${log}\n`).join(''));
}

const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('WITNESS_CONFIG', path, error);
  });

/** Through the ledger's disk, which makes files for their owner only. */
async function writeText(path: string, text: string): Promise<void> {
  const file = await nodeDisk.open(`${path}.tmp`);
  try {
    await file.truncate(0);
    await file.write(Buffer.from(text), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await nodeDisk.rename(`${path}.tmp`, path);
}
