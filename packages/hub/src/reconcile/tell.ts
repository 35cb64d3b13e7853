import { type Alert, type Random, uuidv7 } from '@spoor/core';
import type { LiveStream } from '../api/live.ts';
import { LEDGER_SPAN_GAP } from '../builtin.ts';
import { NO_SESSION } from '../everywhere.ts';
import type { Store } from '../store/store.ts';
import type { Gap } from './compare.ts';

const SAYS: Readonly<Record<Gap['kind'], string>> = {
  row: 'The store lacks a call that stands in the ledger',
  entry: 'The ledger lacks an entry that the store names',
  span: 'A span that was kept is not there',
};

interface Told {
  readonly store: Store;
  readonly live: Pick<LiveStream, 'publish'>;
  readonly random: Random;
  readonly nowMs: number;
}

/** One alert for each kind of gap, with the newest one as evidence and the count of all. */
export function tellGaps(gaps: readonly Gap[], { store, live, random, nowMs }: Told): void {
  for (const [kind, some] of Map.groupBy(gaps, (gap) => gap.kind)) {
    const print = JSON.stringify([LEDGER_SPAN_GAP.id, kind]);
    const known = store.alertByFingerprint(print);
    const first = some[0];
    if (first === undefined) continue;
    const alert: Alert = {
      id: known?.id ?? uuidv7(nowMs, random),
      rule: LEDGER_SPAN_GAP,
      session: NO_SESSION,
      title: SAYS[kind],
      status: known === undefined || known.status === 'resolved' ? 'new' : known.status,
      firstMs: known?.firstMs ?? nowMs,
      lastMs: nowMs,
      count: (known?.count ?? 0) + some.length,
      action: 'allow',
      wanted: 'allow',
      detection: {
        rule: LEDGER_SPAN_GAP,
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
