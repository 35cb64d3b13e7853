import { type Alert, type Random, type RuleRef, type SessionId, uuidv7 } from '@spoor/core';
import type { LiveStream } from '../api/live.ts';
import type { Store } from '../store/store.ts';
import type { Gap } from './compare.ts';

/** A rule about what Spoor itself keeps, not about calls; so it is no file of the pack. */
const GAP: RuleRef = {
  id: 'ledger-span-gap',
  title: 'Ledger and store do not tell of the same calls',
  level: 'high',
  description:
    'Every call stands in the ledger and in the store, each naming the other. One of them lacks a ' +
    'call that the other has: something was removed, restored from an older copy, or lost when the ' +
    'hub was killed.',
  tags: ['attack.t1070', 'owasp-mcp.08'],
  falsePositives: ['The hub was killed, or its disk was full, at that time'],
  advice:
    'Run `spoor ledger reconcile` for all gaps, `spoor ledger verify --checkpoint` with a checkpoint ' +
    'that was kept elsewhere, and compare with the spans in your telemetry backend.',
};

const SAYS: Readonly<Record<Gap['kind'], string>> = {
  row: 'The store lacks a call that stands in the ledger',
  entry: 'The ledger lacks an entry that the store names',
  span: 'A span that was kept is not there',
};

/** No session has it: whole calls may be gone. */
const NO_SESSION = '00000000-0000-0000-0000-000000000000' as SessionId;

interface Told {
  readonly store: Store;
  readonly live: Pick<LiveStream, 'publish'>;
  readonly random: Random;
  readonly nowMs: number;
}

/** One alert for each kind of gap, with the newest one as evidence and the count of all. */
export function tellGaps(gaps: readonly Gap[], { store, live, random, nowMs }: Told): void {
  for (const [kind, some] of Map.groupBy(gaps, (gap) => gap.kind)) {
    const print = JSON.stringify([GAP.id, kind]);
    const known = store.alertByFingerprint(print);
    const first = some[0];
    if (first === undefined) continue;
    const alert: Alert = {
      id: known?.id ?? uuidv7(nowMs, random),
      rule: GAP,
      session: NO_SESSION,
      title: SAYS[kind],
      status: known === undefined || known.status === 'resolved' ? 'new' : known.status,
      firstMs: known?.firstMs ?? nowMs,
      lastMs: nowMs,
      count: (known?.count ?? 0) + some.length,
      action: 'allow',
      wanted: 'allow',
      detection: {
        rule: GAP,
        seq: first.seq ?? 0,
        atMs: nowMs,
        session: NO_SESSION,
        path: [],
        group: {
          gap: kind,
          call: first.call,
          ...(first.index === undefined ? {} : { entry: String(first.index) }),
        },
        response: 'alert',
        everywhere: true,
      },
    };
    store.saveAlert(alert, print);
    live.publish({ type: 'alert', alert });
  }
}
