/**
 * What it costs to have entries on disk before they are acknowledged, beside the bare writes that
 * any log would need for it: the same bytes in groups of the same size, with nothing around them.
 * Both in one run and in turns. With more callers the groups grow; where the disk is then faster
 * than one thread can encode and hash, the ratio falls while the rate rises. Then how long an
 * acknowledgement takes at half that load, and how fast the log is verified.
 */
import { constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@spoor/core';
import {
  type Disk,
  type Entry,
  type Ledger,
  nodeDisk,
  openLedger,
  sha256ByPlatform,
} from '@spoor/ledger';
import { type VerifyOptions, verifyLog } from '@spoor/ledger/verify';
import { quantile, type Report } from './report.ts';

const CALLERS = [16, 64, 256];
const WARM_UP = 20_000;
const ROUNDS = 9;
const ENTRIES = 4_000;
/** Groups of one round of the yardstick: enough for a rate, few enough to take turns often. */
const GROUPS_MAX = 250;
const HALF_LOAD_MS = 4_000;

/** As the hub writes it for a call. */
const entryOf = (n: number): Entry => ({
  kind: 'call.request',
  seq: n,
  call: '0190c0de-0000-7000-8000-00000000cd34',
  session: '0190c0de-0000-7000-8000-00000000ab12',
  episode: 1,
  trace: '4bf92f3577b34da6a3ce929d0e0e4736',
  span: '00f067aa0ba902b7',
  parent: '53995c3f42cd8ad8',
  time: { start: 1_790_000_000_000 + n },
  mcp: {
    method: 'tools/call',
    era: 'modern',
    server: 'crm',
    transport: 'stdio',
    tool: 'read_entitlements',
    labels: ['reads-pii', 'reads-private'],
    definition: '~0123456789abcdef0123456789abcdef',
  },
  outcome: 'pending',
  identity: {
    level: 'unverified',
    pseudonym: '~0123456789abcdef0123456789abcdef',
    agent: 'agent',
    evidence: ['same-user'],
  },
  facts: '0123456789abcdef0123456789abcdef',
  covered: true,
});

/** Groups and bytes that went to the write-ahead log, without the zeros written ahead. */
interface Written {
  groups: number;
  bytes: number;
}

function countingDisk(written: Written): Disk {
  return {
    ...nodeDisk,
    async openDurable(path) {
      const file = await nodeDisk.openDurable(path);
      return {
        ...file,
        write(bytes, offset) {
          if (bytes[0] !== 0) {
            written.groups++;
            written.bytes += bytes.length;
          }
          return file.write(bytes, offset);
        },
      };
    },
  };
}

/** Entries in a second, each caller waiting for the disk before its next one. */
async function appendRate(ledger: Ledger, callers: number, entries: number): Promise<number> {
  let left = entries;
  const call = async (): Promise<void> => {
    while (left-- > 0) await ledger.append(entryOf(left))?.durable();
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: callers }, call));
  return (1_000 * entries) / (performance.now() - start);
}

/** Groups in a second, by a write and `fdatasync` each, or by one `O_DSYNC` write. */
async function bareRate(
  path: string,
  bytes: number,
  groups: number,
  flag: number,
): Promise<number> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | flag, 0o600);
  const group = Buffer.alloc(bytes, 7);
  const start = performance.now();
  for (let n = 0; n < groups; n++) {
    await file.write(group, 0, bytes, n * bytes);
    if (flag === 0) await file.datasync();
  }
  const rate = (1_000 * groups) / (performance.now() - start);
  await file.close();
  await unlink(path);
  return rate;
}

async function throughput(
  ledger: Ledger,
  written: Written,
  folder: string,
  callers: number,
): Promise<Record<string, number>> {
  const seen: Record<string, number[]> = { spoor: [], fdatasync: [], dsync: [], ratio: [] };
  for (let round = 0; round < ROUNDS; round++) {
    Object.assign(written, { groups: 0, bytes: 0 });
    const spoor = await appendRate(ledger, callers, ENTRIES);
    const perGroup = ENTRIES / written.groups;
    const bytes = Math.round(written.bytes / written.groups);
    const bare = async (flag: number): Promise<number> => {
      const groups = Math.min(written.groups, GROUPS_MAX);
      return perGroup * (await bareRate(join(folder, 'bare'), bytes, groups, flag));
    };
    const fdatasync = await bare(0);
    const dsync = await bare(constants.O_DSYNC ?? 0);
    seen.spoor?.push(spoor);
    seen.fdatasync?.push(fdatasync);
    seen.dsync?.push(dsync);
    seen.ratio?.push(spoor / fdatasync);
  }
  const figures = Object.entries(seen).map(([name, values]) => [
    `callers.${callers}.${name}`,
    quantile(values, 0.5),
  ]);
  return Object.fromEntries(figures);
}

/** Times to acknowledgement in milliseconds, of entries that come evenly at that rate. */
async function acknowledgements(ledger: Ledger, perSecond: number): Promise<number[]> {
  const times: number[] = [];
  const waiting: Promise<void>[] = [];
  const start = performance.now();
  let sent = 0;
  for (let past = 0; past < HALF_LOAD_MS; past = performance.now() - start) {
    for (; sent < (past * perSecond) / 1_000; sent++) {
      const asked = performance.now();
      const durable = ledger.append(entryOf(sent))?.durable();
      if (durable === undefined) throw new Error('the ledger dropped an entry at half load');
      waiting.push(durable.then(() => void times.push(performance.now() - asked)));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(waiting);
  return times;
}

async function verifyRate(folder: string, options: VerifyOptions): Promise<number> {
  const source = {
    read: async (path: string) => {
      try {
        return readFileSync(join(folder, 'log', path));
      } catch {
        return undefined;
      }
    },
  };
  const start = performance.now();
  const result = await verifyLog(source, options);
  if (result.status !== 'unwitnessed') throw new Error(`the log is ${result.status}`);
  return (1_000 * result.size) / (performance.now() - start);
}

export async function ledger(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-bench-'));
  const written: Written = { groups: 0, bytes: 0 };
  const log = await openLedger({
    dir: join(folder, 'log'),
    stateDir: join(folder, 'state'),
    origin: 'bench.example/spoor',
    clock: systemClock,
    random: systemRandom,
    disk: countingDisk(written),
  });
  try {
    await appendRate(log, 256, WARM_UP);
    const figures: Record<string, number> = {};
    for (const callers of CALLERS) {
      Object.assign(figures, await throughput(log, written, folder, callers));
    }
    const half = (figures['callers.64.spoor'] ?? 0) / 2;
    const times = await acknowledgements(log, half);
    await log.close();
    const { verifierKey } = log;
    const sha256 = sha256ByPlatform;
    await verifyRate(folder, { verifierKey });
    Object.assign(figures, {
      'half.load': half,
      'half.ack.p50.ms': quantile(times, 0.5),
      'half.ack.p99.ms': quantile(times, 0.99),
      'verify.browser': await verifyRate(folder, { verifierKey }),
      'verify.node': await verifyRate(folder, { verifierKey, sha256 }),
    });
    return { name: 'ledger', unit: 'entries/s, or as named', figures };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
