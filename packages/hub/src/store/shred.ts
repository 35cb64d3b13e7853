import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Alert, ContentFacts, Observation } from '@spoor/core';
import { destroyFile, overwriteFile } from '@spoor/edge/overwrite';

/** What goes from the store with content that is shredded. */
export interface Shredding {
  readonly sessions: readonly string[];
  /** Calls of other sessions. */
  readonly calls: readonly string[];
  readonly atMs: number;
}

/** That it happened stays; what was in it goes, as do the fingerprints and clusters of that. */
export function withoutContent(o: Observation, atMs: number): Observation {
  const { intent: _, salt: __, resource, requestId, ...rest } = o;
  const { request, result, definitions } = o.facts;
  return {
    ...rest,
    ...(resource === undefined ? {} : { resource: resource.split(':')[0] ?? '' }),
    // A digest of an id that a peer chose.
    ...(requestId === undefined || requestId.startsWith('~') ? {} : { requestId }),
    shreddedMs: o.shreddedMs ?? atMs,
    facts: {
      ...(request === undefined ? {} : { request: bare(request) }),
      ...(result === undefined ? {} : { result: bare(result) }),
      ...(definitions === undefined ? {} : { definitions }),
      flows: [],
    },
  };
}

const bare = ({ bytes, truncated }: ContentFacts): ContentFacts => ({
  bytes,
  depth: 0,
  paths: [],
  classes: [],
  externalDestinations: 0,
  instructionLike: false,
  hiddenText: false,
  digest: '',
  atoms: [],
  truncated,
});

/** The rule, the tools and their order stay: they are no content. */
function withoutEvidence(alert: Alert, isGone: (call: string) => boolean): Alert {
  const path = alert.detection.path.map((step) =>
    isGone(step.call) ? { ...step, matched: { content: 'shredded' } } : step,
  );
  return { ...alert, detection: { ...alert.detection, path } };
}

type Row = Readonly<Record<string, string | number | null>>;

/** In one transaction, so that a reader sees all of it or nothing. Repeating it changes nothing. */
export function shredRows(db: DatabaseSync, { sessions, calls, atMs }: Shredding): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const session of sessions) shredSession(db, session, atMs);
    const touched = new Set<string>();
    for (const call of calls) shredCall(db, call, atMs, touched);
    const gone = new Set(calls);
    for (const session of touched) shredAlerts(db, session, (call) => gone.has(call));
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function shredSession(db: DatabaseSync, session: string, atMs: number): void {
  rewrite<Observation>(db, 'observation', 'seq', 'session', session, (o) =>
    withoutContent(o, atMs),
  );
  db.prepare('UPDATE session SET intent = NULL WHERE id = ?').run(session);
  db.prepare("DELETE FROM binding WHERE json_extract(body, '$.id') = ?").run(session);
  shredAlerts(db, session, () => true);
}

function shredCall(db: DatabaseSync, call: string, atMs: number, touched: Set<string>): void {
  const rows = db.prepare('SELECT session, body FROM observation WHERE call = ?').all(call);
  rewrite<Observation>(db, 'observation', 'seq', 'call', call, (o) => withoutContent(o, atMs));
  for (const { session, body } of rows as Row[]) {
    touched.add(String(session));
    const { kind, intent } = JSON.parse(String(body)) as Observation;
    if (kind === 'intent' && intent !== undefined) shredIntent(db, String(session), intent.cluster);
  }
}

/** What the calls that followed a prompt say of it. */
function shredIntent(db: DatabaseSync, session: string, cluster: string): void {
  db.prepare('UPDATE session SET intent = NULL WHERE id = ?').run(session);
  rewrite<Observation>(db, 'observation', 'seq', 'session', session, ({ intent, ...rest }) =>
    intent === undefined || intent.cluster === cluster ? rest : { ...rest, intent },
  );
  const bindings = db
    .prepare("SELECT host, body FROM binding WHERE json_extract(body, '$.id') = ?")
    .all(session) as Row[];
  for (const { host, body } of bindings) {
    const {
      intent: _,
      embedding: __,
      ...rest
    } = JSON.parse(String(body)) as Record<string, unknown>;
    const text = JSON.stringify(rest);
    db.prepare('UPDATE binding SET body = ? WHERE host = ?').run(text, host ?? '');
  }
}

function shredAlerts(db: DatabaseSync, session: string, isGone: (call: string) => boolean): void {
  rewrite<Alert>(db, 'alert', 'id', 'session', session, (alert) => withoutEvidence(alert, isGone));
}

/** Changes the bodies of all rows with that value. */
function rewrite<Body>(
  db: DatabaseSync,
  table: 'observation' | 'alert',
  key: 'seq' | 'id',
  column: 'session' | 'call',
  value: string,
  change: (body: Body) => Body,
): void {
  const rows = db.prepare(`SELECT ${key} AS id, body FROM ${table} WHERE ${column} = ?`).all(value);
  const update = db.prepare(`UPDATE ${table} SET body = ? WHERE ${key} = ?`);
  for (const { id, body } of rows as Row[])
    update.run(JSON.stringify(change(JSON.parse(String(body)) as Body)), id ?? '');
}

/**
 * Brings everything into the main file, where deleted bytes are zeroed, and overwrites the log
 * beside it, which holds older states of its pages. The caller has the only connection.
 */
export function scrub(db: DatabaseSync, path: string): void {
  if (path === ':memory:') return;
  const ended = db.prepare('PRAGMA wal_checkpoint(RESTART)').get() as Row | undefined;
  // Somebody else reads: the log is still needed, and is overwritten the next time.
  if (ended?.busy !== 0) return;
  overwriteFile(`${path}-wal`);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

/** Copies that were made before the form of the store changed. */
export function destroyCopies(path: string): void {
  if (path === ':memory:') return;
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${basename(path)}.v`)) destroyFile(join(folder, name));
  }
}
