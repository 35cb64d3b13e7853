import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { CodedError } from '@spoor/core';

/**
 * Each step brings the store from its place in the list to the next; a published step is never
 * changed. `AUTOINCREMENT` remembers the highest `seq` when retention has deleted its row.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE observation (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     call TEXT NOT NULL,
     session TEXT NOT NULL,
     kind TEXT NOT NULL,
     server TEXT NOT NULL,
     tool TEXT,
     outcome TEXT NOT NULL,
     hub_ms INTEGER NOT NULL,
     case_id TEXT,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX observation_session ON observation (session, seq);
   CREATE INDEX observation_call ON observation (call, seq);
   CREATE INDEX observation_time ON observation (hub_ms);
   CREATE INDEX observation_case ON observation (case_id) WHERE case_id IS NOT NULL;
   CREATE TABLE session (
     id TEXT PRIMARY KEY,
     agent TEXT NOT NULL,
     level TEXT NOT NULL,
     start_ms INTEGER NOT NULL,
     last_ms INTEGER NOT NULL,
     servers TEXT NOT NULL,
     calls INTEGER NOT NULL,
     denied INTEGER NOT NULL,
     intent TEXT
   ) STRICT;
   CREATE INDEX session_last ON session (last_ms, id);
   CREATE TABLE binding (
     host TEXT PRIMARY KEY,
     last_ms INTEGER NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE TABLE definition (
     server TEXT NOT NULL,
     tool TEXT NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (server, tool)
   ) STRICT;
   CREATE TABLE alert (
     id TEXT PRIMARY KEY,
     fingerprint TEXT NOT NULL UNIQUE,
     session TEXT NOT NULL,
     rule TEXT NOT NULL,
     status TEXT NOT NULL,
     severity INTEGER NOT NULL,
     last_ms INTEGER NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX alert_session ON alert (session, severity);
   CREATE INDEX alert_last ON alert (last_ms);`,
  `CREATE TABLE norm (
     key TEXT PRIMARY KEY,
     body TEXT NOT NULL
   ) STRICT;`,
  `CREATE INDEX observation_trace ON observation (json_extract(body, '$.trace.trace'));`,
];

/**
 * Throws STORE_SCHEMA where a newer Spoor has written the file. Copies it before it changes it.
 *
 * @param steps The published ones, but for tests.
 */
export function migrate(
  db: DatabaseSync,
  path: string,
  steps: readonly string[] = MIGRATIONS,
): void {
  const row = db.prepare('PRAGMA user_version').get() as { readonly user_version: number };
  const version = row.user_version;
  if (version > steps.length) {
    throw new CodedError('STORE_SCHEMA', `version ${version}, this Spoor knows ${steps.length}`);
  }
  if (version === steps.length) return;
  if (version > 0 && existsSync(path)) {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    copyFileSync(path, `${path}.v${version}`);
    chmodSync(`${path}.v${version}`, 0o600);
  }
  db.exec('BEGIN IMMEDIATE');
  for (const step of steps.slice(version)) db.exec(step);
  db.exec(`PRAGMA user_version = ${steps.length}`);
  db.exec('COMMIT');
}
