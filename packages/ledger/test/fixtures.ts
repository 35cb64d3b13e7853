import { systemClock, systemRandom } from '@spoor/core';
import {
  type Disk,
  type Entry,
  type Ledger,
  type LedgerOptions,
  openLedger,
} from '../src/index.ts';
import type { LogSource } from '../src/verify/index.ts';

export const ORIGIN = 'test.example/spoor/2026';
export const SESSION = '0190c0de-0000-7000-8000-00000000ab12';
export const CALL = '0190c0de-0000-7000-8000-00000000cd34';

export const openOn = (disk: Disk, more: Partial<LedgerOptions> = {}): Promise<Ledger> =>
  openLedger({
    dir: '/log',
    stateDir: '/state',
    origin: ORIGIN,
    clock: systemClock,
    random: systemRandom,
    disk,
    publishIntervalMs: 5,
    ...more,
  });

export const entry = (n: number): Entry => ({
  kind: 'call.request',
  seq: n,
  call: CALL,
  session: SESSION,
  mcp: { method: 'tools/call', era: 'modern', server: 'crm', tool: 'read_entitlements' },
  detail: { n },
});

/** The published log of a disk, as a verifier gets it. */
export const sourceOf = (disk: Disk): LogSource => ({
  read: (path) => disk.read(`/log/${path}`),
});
