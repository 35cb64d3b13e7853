import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CodedError, ERRORS, LIMITS, systemClock } from '@spoor/core';
import { takeLock } from '@spoor/hub/lock';
import { nodeDisk } from '@spoor/ledger';
import { parseVerifierKey } from '@spoor/ledger/verify';
import { FileState, Witness } from '@spoor/ledger/witness';
import type { Command, Context } from '../command.ts';
import { paint, visible } from '../output.ts';
import {
  addLogs,
  loadWitness,
  locateWitness,
  makeWitness,
  readLogs,
  type WitnessFolder,
} from '../witness/folder.ts';
import { serveWitness } from '../witness/serve.ts';
import { type LogStatus, logStatus, witnessMetrics } from '../witness/silence.ts';

const PORT = 7719;
/** Two heartbeats of a hub. */
const SILENT_AFTER_S = 120;
const LOOK_EVERY_MS = 5_000;

export const witness: Command = {
  usage: 'init --log F | run | status',
  summary: 'Vouches for the length of other ledgers (C2SP tlog-witness); needs no hub.',
  flags: {
    dir: {
      type: 'string',
      placeholder: 'FOLDER',
      help: "Its key and state; default beside the hub's folder",
    },
    name: {
      type: 'string',
      placeholder: 'NAME',
      help: 'Of a new key, such as witness.example/w1; default after this machine',
    },
    log: {
      type: 'string',
      placeholder: 'F',
      help: "File with the verifier key of a log to vouch for, such as a hub's log.vkey",
    },
    listen: {
      type: 'string',
      placeholder: 'HOST:PORT',
      help: `Where to listen; default 127.0.0.1:${PORT}`,
    },
    hosts: {
      type: 'string',
      placeholder: 'NAMES',
      help: 'Host names by which logs call it, with commas, beside localhost',
    },
    'silent-after': {
      type: 'string',
      placeholder: 'SECONDS',
      help: `A log that has not grown for so long is silent; default ${SILENT_AFTER_S}`,
    },
  },
  more: [
    'Run it on another machine, or as another user, than the hub: it can only vouch for what the',
    "hub's keeper cannot change. `init` prints the line for the hub's policy file; docs/witness.md",
    'has the rest. `status` ends with 6 where a log is silent.',
  ].join('\n'),
  run: async (context) => {
    const [action] = context.words;
    if (action === 'init') return init(context);
    if (action === 'run') return run(context);
    if (action === 'status') return status(context);
    throw new CodedError('USAGE', 'witness init, run or status');
  },
};

async function init(context: Context): Promise<number> {
  const { flags, out } = context;
  process.umask(0o077);
  const folder = locateWitness(context);
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  const name = typeof flags.name === 'string' ? flags.name : `${hostname()}/witness`;
  const { witnessKey } = await makeWitness(folder, name);
  if (typeof flags.log === 'string') await addLogs(folder, flags.log);
  if (flags.json === true) {
    out.json({ folder: folder.path, key: witnessKey });
    return 0;
  }
  out.line(`Witness in ${folder.path}. Its line for the policy file of a hub:`);
  out.line(`witness w1 ${witnessKey} http://127.0.0.1:${PORT}`);
  return 0;
}

async function run(context: Context): Promise<number> {
  const { flags, out } = context;
  process.umask(0o077);
  const folder = locateWitness(context);
  const cosigner = await loadWitness(folder);
  const lock = takeLock(folder.lock, () => folder.path, 'WITNESS_RUNNING');
  try {
    const logs = await readLogs(folder.logs);
    const state = await FileState.open(nodeDisk, folder.state, cosigner.witnessKey);
    const onSplit = (origin: string, note: string): void => {
      out.note(`spoor: SPLIT ${visible(origin)} has signed two histories`);
      keepEvidence(folder, note, (text) => out.note(text));
    };
    const made = new Witness({ logs, cosigner, state, clock: systemClock, onSplit });
    const look = (): LogStatus[] =>
      logStatus(made.origins, state.all(), systemClock.nowMs(), silentAfter(flags));
    const { host, port } = listenOn(flags.listen);
    const served = await serveWitness({
      witness: made,
      host,
      port,
      hosts: typeof flags.hosts === 'string' ? flags.hosts.split(',') : [],
      metrics: () => witnessMetrics(look(), made.counts),
    });
    out.line(`Witness at ${served.url}, for ${made.origins.length} logs`);
    const timer = watch(look, (text) => out.note(text));
    await stopped();
    clearInterval(timer);
    await served.close();
    return made.failure === undefined ? 0 : ERRORS.LEDGER_WRITE_FAILED.exit;
  } finally {
    lock.release();
  }
}

/** Says once that a log has fallen silent, and once that it speaks again. */
function watch(look: () => LogStatus[], say: (text: string) => void): NodeJS.Timeout {
  const silent = new Set<string>();
  return setInterval(() => {
    for (const { origin, silent: now } of look()) {
      if (now === silent.has(origin)) continue;
      if (now) silent.add(origin);
      else silent.delete(origin);
      say(`${new Date().toISOString()} ${now ? 'SILENT' : 'heard again'} ${visible(origin)}`);
    }
  }, LOOK_EVERY_MS);
}

const stopped = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });

/** Whoever holds both notes can show to anybody that the log has lied. */
function keepEvidence(folder: WitnessFolder, note: string, say: (text: string) => void): void {
  try {
    mkdirSync(folder.evidence, { recursive: true, mode: 0o700 });
    if (readdirSync(folder.evidence).length >= LIMITS.witnessEvidenceMax) return;
    const name = hash('sha256', note, 'hex').slice(0, 16);
    writeFileSync(join(folder.evidence, `${name}.note`), note, { mode: 0o600 });
  } catch (error) {
    say(`spoor: the evidence could not be kept: ${String(error)}`);
  }
}

function listenOn(value: Context['flags'][string]): {
  readonly host: string;
  readonly port: number;
} {
  if (value === undefined) return { host: '127.0.0.1', port: PORT };
  const [, host = '', digits = ''] =
    /^(\[[0-9a-f:]+\]|[^:]+):(\d{1,5})$/i.exec(String(value)) ?? [];
  const port = Number(digits);
  if (host === '' || port > 65_535) throw new CodedError('USAGE', '--listen takes HOST:PORT');
  return { host: host.replace(/^\[|\]$/g, ''), port };
}

function silentAfter(flags: Context['flags']): number {
  const seconds = Number(flags['silent-after'] ?? SILENT_AFTER_S);
  if (!(seconds > 0)) throw new CodedError('USAGE', '--silent-after takes seconds');
  return seconds * 1_000;
}

/** From the files alone: the witness may run or not. */
async function status(context: Context): Promise<number> {
  const { flags, out } = context;
  const folder = locateWitness(context);
  const { witnessKey } = await loadWitness(folder);
  const logs = await readLogs(folder.logs);
  const state = await FileState.open(nodeDisk, folder.state, witnessKey);
  const origins = [...new Set(logs.map((log) => parseVerifierKey(log)?.name ?? ''))];
  const rows = logStatus(origins, state.all(), systemClock.nowMs(), silentAfter(flags));
  if (flags.json === true) out.json({ key: witnessKey, logs: rows });
  else {
    out.line(`Witness ${witnessKey}`);
    for (const { origin, size, cosignedMs, silent } of rows) {
      const since = cosignedMs === undefined ? 'never' : new Date(cosignedMs).toISOString();
      const how = silent ? paint(out, 'red', 'silent') : paint(out, 'green', 'grows');
      out.line(`${visible(origin)}  ${size} entries, last ${since}  ${how}`);
    }
  }
  return rows.some(({ silent }) => silent) ? ERRORS.LEDGER_STALE.exit : 0;
}
