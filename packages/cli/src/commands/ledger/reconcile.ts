import { existsSync } from 'node:fs';
import { CodedError, ERRORS } from '@spoor/core';
import type { Gap, Place } from '@spoor/hub';
import { readLog } from '@spoor/ledger/folder';
import type { Context } from '../../command.ts';
import { paint } from '../../output.ts';
import { tellPruned } from './pruned.ts';
import { dirOf, readText } from './source.ts';

/** What came in the last seconds may be on its way from one to the other. */
const SETTLED_AFTER_MS = 10_000;
const PIECE = 5_000;
/** Gaps that are listed; all are counted. */
const LISTED_MAX = 100;

const SAYS: Readonly<Record<Gap['kind'], string>> = {
  row: 'is in the ledger, and the store lacks it',
  entry: 'is in the store, and the entry that it names is not in the ledger',
  span: 'was kept as a span, and there is none',
};

interface Found {
  readonly entries: number;
  readonly rows: number;
  readonly gaps: number;
  readonly listed: readonly Gap[];
}

/** The whole of both; a hub may run meanwhile, and looks at a piece each minute by itself. */
export async function reconcile(context: Context): Promise<number> {
  const { flags, home, out } = context;
  if (!existsSync(home.store)) throw new CodedError('STORE_UNAVAILABLE', home.store);
  const spans = typeof flags.spans === 'string' ? spansOf(await readText(flags.spans)) : undefined;
  const found = await look(context, spans);
  const { entries, rows, gaps, listed } = found;
  const exit = gaps === 0 ? 0 : ERRORS.LEDGER_GAP.exit;
  if (flags.json === true) {
    out.json({ ...found, spans: spans === undefined ? 'not-looked' : spans.size, exit });
    return exit;
  }
  for (const { kind, call, index } of listed) {
    out.line(`${paint(out, 'red', kind.padEnd(6))} call ${call} ${SAYS[kind]} (entry ${index})`);
  }
  const looked = `${entries} entries and ${rows} rows`;
  if (gaps > 0) out.note(`${paint(out, 'red', 'LEDGER_GAP')} ${gaps} gaps in ${looked}.`);
  else out.line(`${paint(out, 'green', 'No gap')} in ${looked}.`);
  await tellPruned(context);
  if (spans === undefined) out.note('Spans were not looked at: give them with --spans.');
  return exit;
}

async function look(context: Context, spans: ReadonlySet<string> | undefined): Promise<Found> {
  const { compare, openSqliteStore } = await import('@spoor/hub');
  const settledBeforeMs = Date.now() - SETTLED_AFTER_MS;
  const rest = { max: PIECE, settledBeforeMs, ...(spans === undefined ? {} : { spans }) };
  const source = readLog(dirOf(context));
  const store = openSqliteStore(context.home.store);
  const sum = { entries: 0, rows: 0, gaps: 0 };
  const listed: Gap[] = [];
  try {
    let place: Place = { index: 0, seq: 0 };
    for (;;) {
      const piece = await compare({ source, store, place, ...rest });
      sum.entries += piece.entries;
      sum.rows += piece.rows;
      sum.gaps += piece.gaps.length;
      listed.push(...piece.gaps.slice(0, LISTED_MAX - listed.length));
      if (piece.done || (piece.entries === 0 && piece.rows === 0)) return { ...sum, listed };
      place = piece.next;
    }
  } finally {
    store.close();
  }
}

/** OTLP as JSON, JSON lines, or whatever a backend exports: the key is the same. */
function spansOf(text: string): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const [, id = ''] of text.matchAll(/"span_?[iI]d"\s*:\s*"([0-9a-fA-F]{16})"/g)) {
    ids.add(id.toLowerCase());
  }
  return ids;
}
