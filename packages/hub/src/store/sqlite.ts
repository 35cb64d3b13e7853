import { chmodSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import {
  type Alert,
  CodedError,
  IDENTITY_LEVELS,
  type IdentityLevel,
  type Observation,
  type SessionView,
} from '@spoor/core';
import type { NormRow } from '@spoor/detect';
import type { KnownTool } from '../decide/definitions.ts';
import type { SessionBinding } from '../decide/sessions.ts';
import { migrate } from './schema.ts';
import { destroyCopies, type Shredding, scrub, shredRows } from './shred.ts';
import type { Batch, PageRequest, Store, StoreCounts, TraceFilter } from './store.ts';
import { type Before, type Touch, Touches } from './touches.ts';

type Row = Readonly<Record<string, string | number | null>>;

/**
 * A store in one file, by the SQLite that is built into Node. Synchronous: it belongs in a worker
 * thread.
 */
export function openSqliteStore(path: string): Store {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path);
    if (path !== ':memory:') chmodSync(path, 0o600);
    db.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    // What is deleted is zeroed, and nothing is sorted in files: shredding must reach all copies.
    db.exec('PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY');
    migrate(db, path);
    return new SqliteStore(db, path);
  } catch (error) {
    db?.close();
    if (error instanceof CodedError) throw error;
    throw new CodedError('STORE_UNAVAILABLE', path, error);
  }
}

/** Alerts are counted and ranked from an index alone: their bodies are large. */
const SESSION_VIEW = `SELECT session.*,
    (SELECT count(*) FROM alert WHERE alert.session = session.id) AS alerts,
    (SELECT max(severity) FROM alert WHERE alert.session = session.id) AS worst
  FROM session`;

/** From harmless to grave; the place in the list is what the store sorts by. */
const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;

/** The place of a level, from the least proved on; what has none stands last. */
const rankOf = (level: string): string =>
  `CASE ${level} ${IDENTITY_LEVELS.map((one, at) => `WHEN '${one}' THEN ${at}`).join(' ')} ELSE 9 END`;
const SESSION_RANK = rankOf('session.level');
const ALERT_LEVEL = "json_extract(body, '$.detection.who.level')";

/**
 * Of 4 KiB: pages that every commit writes, such as those of indexes, are copied into the store
 * more seldom than by default, which takes a fifth off an append.
 */
const CHECKPOINT_PAGES = 4_000;

/** Rows deleted in one transaction, so that appends need not wait long. */
const PRUNE_ROWS = 1_000;

/** As the index has it. */
const TRACE = "json_extract(body, '$.trace.trace')";

const newestOfEach = (where: string): string => `SELECT body FROM (
    SELECT body, min(seq) OVER (PARTITION BY call) AS began,
      row_number() OVER (PARTITION BY call ORDER BY seq DESC) AS newest
    FROM observation WHERE ${where})
  WHERE newest = 1`;

class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, path: string) {
    this.#path = path;
    this.#db = db;
  }

  append({ observations, bodies, bindings, definitions, norms }: Batch): void {
    this.#guard(() => {
      this.#db.exec('BEGIN IMMEDIATE');
      try {
        const touches = new Touches();
        for (const [i, observation] of observations.entries())
          this.#insert(observation, touches, bodies?.[i] ?? json(observation));
        for (const touch of touches) this.#touchSession(touch);
        for (const binding of bindings) {
          this.#run(
            'INSERT OR REPLACE INTO binding VALUES (?, ?, ?)',
            binding.host,
            binding.lastMs,
            json(binding),
          );
        }
        for (const tool of definitions) {
          this.#run(
            'INSERT OR REPLACE INTO definition VALUES (?, ?, ?)',
            tool.server,
            tool.facts.name,
            json(tool),
          );
        }
        this.#keepNorms(norms);
        this.#db.exec('COMMIT');
      } catch (error) {
        // A full disk may have ended the transaction already.
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #keepNorms(rows: readonly NormRow[]): void {
    for (const row of rows) {
      const key = `${row.kind} ${row.key}`;
      if (row.value === undefined) this.#run('DELETE FROM norm WHERE key = ?', key);
      else this.#run('INSERT OR REPLACE INTO norm VALUES (?, ?)', key, json(row));
    }
  }

  lastSeq(): number {
    const sql = "SELECT seq FROM sqlite_sequence WHERE name = 'observation'";
    return Number(this.#one(sql)?.seq ?? 0);
  }

  sessions({
    before,
    limit,
    identity,
    leastProvedFirst = false,
  }: PageRequest): readonly SessionView[] {
    const where = ['(last_ms, id) < (?, ?)'];
    const values: (string | number)[] = [
      before?.lastMs ?? Number.MAX_SAFE_INTEGER,
      before?.id ?? '',
    ];
    if (leastProvedFirst) {
      const rank = before?.level === undefined ? -1 : IDENTITY_LEVELS.indexOf(before.level);
      where.splice(0, 1, `(${SESSION_RANK} > ? OR ${SESSION_RANK} = ? AND ${where[0]})`);
      values.unshift(rank, rank);
    }
    if (identity !== undefined) {
      where.push('level = ?');
      values.push(identity);
    }
    const first = leastProvedFirst ? `${SESSION_RANK}, ` : '';
    return this.#all(
      `${SESSION_VIEW} WHERE ${where.join(' AND ')}
       ORDER BY ${first}last_ms DESC, id DESC LIMIT ?`,
      ...values,
      limit,
    ).map(sessionOf);
  }

  session(id: string): SessionView | undefined {
    const row = this.#one(`${SESSION_VIEW} WHERE id = ?`, id);
    return row === undefined ? undefined : sessionOf(row);
  }

  observations(session: string, limit: number): readonly Observation[] {
    const sql = `${newestOfEach('session = ?')} ORDER BY began DESC LIMIT ?`;
    return this.#bodies<Observation>(sql, session, limit).reverse();
  }

  trace(trace: string, limit: number): readonly Observation[] {
    const sql = `${newestOfEach(`${TRACE} = ?`)} ORDER BY began LIMIT ?`;
    return this.#bodies<Observation>(sql, trace, limit);
  }

  traces({ server, fromMs, toMs, limit, rowsMax }: TraceFilter): ReturnType<Store['traces']> {
    const looked = `SELECT seq, server, body FROM observation WHERE hub_ms BETWEEN ? AND ?
      ORDER BY hub_ms DESC LIMIT ?`;
    const rows = this.#all(
      `SELECT ${TRACE} AS trace FROM (${looked}) WHERE ? IN ('', server)
       GROUP BY 1 ORDER BY max(seq) DESC LIMIT ?`,
      ...[fromMs, toMs, rowsMax, server ?? '', limit],
    );
    const count = `SELECT count(*) AS n FROM
      (SELECT 1 FROM observation WHERE hub_ms BETWEEN ? AND ? LIMIT ?)`;
    const there = Number(this.#one(count, fromMs, toMs, rowsMax + 1)?.n ?? 0);
    return { traces: rows.map(({ trace }) => String(trace)), complete: there <= rowsMax };
  }

  observation(call: string): Observation | undefined {
    return this.#body(
      'SELECT body FROM observation WHERE call = ? ORDER BY seq DESC LIMIT 1',
      call,
    );
  }

  byCase(caseId: string): Observation | undefined {
    return this.#body(
      'SELECT body FROM observation WHERE case_id = ? ORDER BY seq DESC LIMIT 1',
      caseId,
    );
  }

  rowsAfter(seq: number, limit: number): readonly Observation[] {
    const sql = 'SELECT body FROM observation WHERE seq > ? ORDER BY seq LIMIT ?';
    return this.#bodies<Observation>(sql, seq, limit);
  }

  replay(fromMs: number, limit: number): readonly Observation[] {
    return this.#bodies<Observation>(
      `SELECT body FROM
         (SELECT seq, body FROM observation WHERE hub_ms >= ? ORDER BY seq DESC LIMIT ?)
       ORDER BY seq`,
      fromMs,
      limit,
    );
  }

  alerts(filter: Parameters<Store['alerts']>[0]): readonly Alert[] {
    const where = ['1 = 1'];
    const values: string[] = [];
    if (filter.open) where.push("status NOT IN ('resolved', 'dismissed')");
    if (filter.session !== undefined) {
      where.push('session = ?');
      values.push(filter.session);
    }
    if (filter.call !== undefined) {
      where.push(
        "EXISTS (SELECT 1 FROM json_each(body, '$.detection.path') WHERE json_extract(value, '$.call') = ?)",
      );
      values.push(filter.call);
    }
    if (filter.identity !== undefined) {
      where.push(`${ALERT_LEVEL} = ?`);
      values.push(filter.identity);
    }
    const first = filter.leastProvedFirst === true ? `${rankOf(ALERT_LEVEL)}, ` : '';
    const sql = `SELECT body FROM alert WHERE ${where.join(' AND ')}
      ORDER BY ${first}last_ms DESC LIMIT ?`;
    return this.#bodies<Alert>(sql, ...values, filter.limit);
  }

  alert(id: string): Alert | undefined {
    return this.#body('SELECT body FROM alert WHERE id = ?', id);
  }

  alertByFingerprint(fingerprint: string): Alert | undefined {
    return this.#body('SELECT body FROM alert WHERE fingerprint = ?', fingerprint);
  }

  saveAlert(alert: Alert, fingerprint: string): void {
    const { id, session, rule, status, lastMs } = alert;
    const sql = 'INSERT OR REPLACE INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
    const severity = LEVELS.indexOf(rule.level);
    this.#guard(() =>
      this.#run(sql, id, fingerprint, session, rule.id, status, severity, lastMs, json(alert)),
    );
  }

  bindings(sinceMs: number): readonly SessionBinding[] {
    return this.#bodies<SessionBinding>('SELECT body FROM binding WHERE last_ms >= ?', sinceMs);
  }

  norms(): readonly NormRow[] {
    return this.#bodies<NormRow>('SELECT body FROM norm ORDER BY key');
  }

  definitions(): readonly KnownTool[] {
    return this.#bodies<KnownTool>('SELECT body FROM definition ORDER BY server, tool');
  }

  counts(sinceMs: number): StoreCounts {
    const newest = this.#one('SELECT max(hub_ms) AS ms FROM observation')?.ms;
    const tools = this.#all(
      `SELECT server || char(10) || tool AS name, count(DISTINCT call) AS n FROM observation
       WHERE hub_ms >= ? AND kind = 'tool.call' AND tool IS NOT NULL GROUP BY 1`,
      sinceMs,
    );
    const rules = this.#all(
      "SELECT rule AS name, sum(json_extract(body, '$.count')) AS n FROM alert WHERE last_ms >= ? GROUP BY 1",
      sinceMs,
    );
    const byTool = countsOf(tools);
    return {
      calls: Object.values(byTool).reduce((sum, n) => sum + n, 0),
      ...(typeof newest === 'number' ? { newestMs: newest } : {}),
      byRule: countsOf(rules),
      byTool,
    };
  }

  prune(olderThanMs: number, bytesMax: number): number {
    return this.#guard(() => {
      let gone = Number(this.#run('DELETE FROM observation WHERE hub_ms < ?', olderThanMs).changes);
      for (const table of ['alert', 'session', 'binding'])
        this.#run(`DELETE FROM ${table} WHERE last_ms < ?`, olderThanMs);
      const oldest = `DELETE FROM observation WHERE seq IN
        (SELECT seq FROM observation ORDER BY seq LIMIT ${PRUNE_ROWS})`;
      for (let changes = 1; changes > 0 && this.#bytes() > bytesMax; gone += changes)
        changes = Number(this.#run(oldest).changes);
      this.#run(`DELETE FROM session WHERE NOT EXISTS
        (SELECT 1 FROM observation WHERE observation.session = session.id)`);
      return gone;
    });
  }

  shred(what: Shredding): void {
    this.#guard(() => {
      shredRows(this.#db, what);
      scrub(this.#db, this.#path);
      destroyCopies(this.#path);
    });
  }

  close(): void {
    // The engine unlinks its log as it is, with whatever stood in it.
    try {
      this.#guard(() => scrub(this.#db, this.#path));
    } finally {
      this.#db.close();
    }
  }

  ledgerIndexes(call: string): readonly number[] {
    const sql = `SELECT json_extract(body, '$.ledger.index') AS n FROM observation
      WHERE call = ? AND json_extract(body, '$.ledger.index') IS NOT NULL ORDER BY seq`;
    return this.#all(sql, call).map((row) => Number(row.n));
  }

  updateAlert(alert: Alert): void {
    const sql = 'UPDATE alert SET status = ?, last_ms = ?, body = ? WHERE id = ?';
    this.#guard(() => this.#run(sql, alert.status, alert.lastMs, json(alert), alert.id));
  }

  declaredArguments(server: string, tool: string): ReadonlySet<string> {
    const known = this.#body<KnownTool>(
      'SELECT body FROM definition WHERE server = ? AND tool = ?',
      server,
      tool,
    );
    return new Set(known?.facts.argumentNames);
  }

  /** Bytes in use; pages that are free already count as room. */
  #bytes(): number {
    const sql = `SELECT (p.page_count - f.freelist_count) * s.page_size AS bytes
      FROM pragma_page_count() p, pragma_freelist_count() f, pragma_page_size() s`;
    return Number(this.#one(sql)?.bytes ?? 0);
  }

  /**
   * A call counts with its first row, so that an end, a further leg or a row that comes twice adds
   * nothing.
   */
  #insert(o: Observation, touches: Touches, body: string): void {
    touches.add(o, () => this.#before(o.id));
    this.#run(
      'INSERT OR REPLACE INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      o.seq,
      o.id,
      o.session.id,
      o.kind,
      o.server.name,
      o.tool?.name ?? null,
      o.outcome,
      o.time.hubMs,
      o.decision?.case ?? null,
      body,
    );
  }

  /** What rows that were appended before say of a call. */
  #before(call: string): Before {
    const row = this.#one(
      `SELECT count(*) AS n, coalesce(sum(outcome = 'denied'), 0) AS denied
       FROM observation WHERE call = ?`,
      call,
    );
    return { known: row?.n !== 0, denied: row?.denied !== 0 };
  }

  #touchSession({ first, lastMs, servers, calls, denied, intent, level }: Touch): void {
    const { id } = first.session;
    const known = this.#one('SELECT servers FROM session WHERE id = ?', id);
    const before = known === undefined ? [] : (JSON.parse(String(known.servers)) as string[]);
    this.#run(
      `INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET
         last_ms = max(last_ms, excluded.last_ms), servers = excluded.servers,
         calls = calls + excluded.calls, denied = denied + excluded.denied,
         intent = coalesce(excluded.intent, intent),
         level = CASE WHEN ? = 0 THEN level
           WHEN session.calls = 0 OR ${rankOf('excluded.level')} < ${SESSION_RANK}
           THEN excluded.level ELSE level END`,
      id,
      first.principal.agent,
      level ?? first.principal.level,
      first.time.hubMs,
      lastMs,
      json([...new Set([...before, ...servers])]),
      calls,
      denied,
      intent ?? null,
      level === undefined ? 0 : 1,
    );
  }

  #body<Value>(sql: string, ...values: (string | number)[]): Value | undefined {
    return this.#bodies<Value>(sql, ...values)[0];
  }

  #bodies<Value>(sql: string, ...values: (string | number)[]): Value[] {
    return this.#guard(() => this.#all(sql, ...values).map(bodyOf<Value>));
  }

  #one(sql: string, ...values: (string | number)[]): Row | undefined {
    return this.#guard(() => this.#statement(sql).get(...values) as Row | undefined);
  }

  #all(sql: string, ...values: (string | number)[]): Row[] {
    return this.#guard(() => this.#statement(sql).all(...values) as Row[]);
  }

  #run(sql: string, ...values: (string | number | null)[]): { readonly changes: number | bigint } {
    return this.#statement(sql).run(...values);
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #guard<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      if (error instanceof CodedError) throw error;
      throw new CodedError('STORE_UNAVAILABLE', '', error);
    }
  }
}

const json = (value: unknown): string => JSON.stringify(value);

const bodyOf = <Value>(row: Row): Value => JSON.parse(String(row.body)) as Value;

const countsOf = (rows: readonly Row[]): Record<string, number> =>
  Object.fromEntries(rows.map((row) => [String(row.name), Number(row.n)]));

function sessionOf(row: Row): SessionView {
  const { worst, intent } = row;
  const level = typeof worst === 'number' ? LEVELS[worst] : undefined;
  return {
    id: String(row.id),
    agent: String(row.agent),
    level: String(row.level) as IdentityLevel,
    startMs: Number(row.start_ms),
    lastMs: Number(row.last_ms),
    servers: JSON.parse(String(row.servers)) as string[],
    calls: Number(row.calls),
    denied: Number(row.denied),
    alerts: Number(row.alerts),
    ...(level === undefined ? {} : { worst: level }),
    ...(typeof intent === 'string' ? { intent } : {}),
  };
}
