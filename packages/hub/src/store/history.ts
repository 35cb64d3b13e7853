import { DatabaseSync } from 'node:sqlite';
import { CodedError, type Observation } from '@spoor/core';

export interface HistoryQuery {
  readonly fromMs?: number;
  readonly toMs?: number;
  /** What is read before `fromMs`, since rules remember so long. */
  readonly leadMs: number;
  readonly session?: string;
  readonly limit: number;
}

/** What a store has of a time, beside whoever writes it. */
export interface HistoryReader {
  /** As many as there are to read; those beyond the limit are not. */
  readonly total: number;
  /** False where the limit leaves some out. */
  readonly complete: boolean;
  /** In `seq` order. */
  pages(): Generator<readonly Observation[]>;
  /** Did the session begin before what is read? */
  began(session: string): boolean;
  close(): void;
}

const PAGE_ROWS = 200;
/** A session is known a moment before its first observation is. */
const SLACK_MS = 60_000;

type Row = Readonly<Record<string, number | string | null>>;

/** Throws STORE_UNAVAILABLE. */
export function openHistory(path: string, query: HistoryQuery): HistoryReader {
  try {
    return new Reader(new DatabaseSync(path, { readOnly: true }), query);
  } catch (error) {
    throw new CodedError('STORE_UNAVAILABLE', path, error);
  }
}

class Reader implements HistoryReader {
  readonly total: number;
  readonly complete: boolean;
  readonly #db: DatabaseSync;
  readonly #where: string;
  readonly #values: readonly (number | string)[];
  readonly #limit: number;
  readonly #startMs: number;

  constructor(db: DatabaseSync, { fromMs, toMs, leadMs, session, limit }: HistoryQuery) {
    this.#db = db;
    this.#limit = limit;
    const startMs = fromMs === undefined ? 0 : fromMs - leadMs;
    const where = ['hub_ms BETWEEN ? AND ?'];
    const values: (number | string)[] = [startMs, toMs ?? Number.MAX_SAFE_INTEGER];
    if (session !== undefined) {
      where.push('session = ?');
      values.push(session);
    }
    this.#where = where.join(' AND ');
    this.#values = values;
    const sql = `SELECT count(*) AS rows, min(hub_ms) AS oldest FROM observation WHERE ${this.#where}`;
    const { rows, oldest } = db.prepare(sql).get(...values) as Row;
    this.complete = Number(rows) <= limit;
    this.total = Math.min(Number(rows), limit);
    this.#startMs = Math.max(startMs, Number(oldest ?? 0));
  }

  *pages(): Generator<readonly Observation[]> {
    const page = this.#db.prepare(
      `SELECT seq, body FROM observation WHERE seq > ? AND ${this.#where} ORDER BY seq LIMIT ?`,
    );
    let last = this.#first() - 1;
    for (let left = this.#limit; left > 0; left -= PAGE_ROWS) {
      const rows = page.all(last, ...this.#values, Math.min(PAGE_ROWS, left)) as readonly Row[];
      const newest = rows.at(-1);
      if (newest === undefined) return;
      last = Number(newest.seq);
      yield rows.map(({ body }) => JSON.parse(String(body)) as Observation);
    }
  }

  began(session: string): boolean {
    const row = this.#db.prepare('SELECT start_ms FROM session WHERE id = ?').get(session);
    const startMs = (row as Row | undefined)?.start_ms;
    return startMs !== undefined && Number(startMs) + SLACK_MS < this.#startMs;
  }

  close(): void {
    this.#db.close();
  }

  /** The newest are read where there are more than the limit. */
  #first(): number {
    const sql = `SELECT seq FROM observation WHERE ${this.#where} ORDER BY seq DESC LIMIT 1 OFFSET ?`;
    const row = this.#db.prepare(sql).get(...this.#values, Math.max(0, this.total - 1));
    return Number((row as Row | undefined)?.seq ?? 0);
  }
}
