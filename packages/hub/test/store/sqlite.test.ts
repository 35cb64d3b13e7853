import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { migrate } from '../../src/store/schema.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { storeSuite } from '../store-suite.ts';
import { alert, batch, knownTool, observation } from '../support/build.ts';
import { startChild } from '../support/child.ts';
import { temporaryFolder } from '../support/folder.ts';

const newFile = (): string => join(temporaryFolder(), 'store.db');

storeSuite('SQLite in a file', () => openSqliteStore(newFile()));
storeSuite('SQLite in memory', () => openSqliteStore(':memory:'));

describe('a store in a file', () => {
  test('is for its owner alone', () => {
    const path = newFile();
    const store = openSqliteStore(path);
    store.append(batch(observation(1)));
    for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o077).toBe(0);
    store.close();
  });

  test('is the same after a restart', () => {
    const path = newFile();
    const call = observation(1);
    const store = openSqliteStore(path);
    store.append({ ...batch(call), definitions: [knownTool('crm', 'query')] });
    store.saveAlert(alert(call), 'print');
    const before = store.sessions({ limit: 9 });
    store.close();
    const again = openSqliteStore(path);
    expect(again.replay(0, 9)).toEqual([call]);
    expect(again.sessions({ limit: 9 })).toEqual(before);
    expect(again.definitions()).toEqual([knownTool('crm', 'query')]);
    expect(again.alertByFingerprint('print')).toBeDefined();
    again.close();
  });

  verifies(
    'hub:restart',
    async () => {
      const path = newFile();
      const child = startChild('append-forever.ts', path);
      let said = 0;
      const enough = new Promise<void>((resolve) => {
        child.lines.on('line', (line) => {
          said = Number(line);
          if (said === 150) resolve();
        });
      });
      await enough;
      await child.kill();
      const store = openSqliteStore(path);
      const kept = store.replay(0, 100_000).map(({ seq }) => seq);
      store.close();
      expect(said).toBeGreaterThanOrEqual(150);
      expect(kept).toEqual(Array.from({ length: kept.length }, (_, n) => n + 1));
      expect(kept.length).toBeGreaterThanOrEqual(said);
    },
    { case: 'the store of a killed process' },
  );
});

describe('a file that cannot be used', () => {
  test('because a newer version wrote it is refused and left as it is', () => {
    const path = newFile();
    openSqliteStore(path).close();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const bytes = readFileSync(path);
    expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: 'STORE_SCHEMA' }));
    expect(readFileSync(path)).toEqual(bytes);
  });

  test('because it is no database is refused and left as it is', () => {
    const path = newFile();
    writeFileSync(path, 'no database at all, '.repeat(100));
    expect(() => openSqliteStore(path)).toThrow(
      expect.objectContaining({ code: 'STORE_UNAVAILABLE' }),
    );
    expect(readFileSync(path, 'utf8')).toContain('no database at all');
  });

  test('because pages are damaged says that it cannot be read, instead of less', () => {
    const path = newFile();
    const store = openSqliteStore(path);
    store.append(batch(...Array.from({ length: 200 }, (_, n) => observation(n + 1))));
    store.close();
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 3 * 4096);
    writeFileSync(path, bytes);
    const unavailable = expect.objectContaining({ code: 'STORE_UNAVAILABLE' });
    expect(() => {
      const damaged = openSqliteStore(path);
      try {
        damaged.replay(0, 1_000);
      } finally {
        damaged.close();
      }
    }).toThrow(unavailable);
  });
});

describe('migration', () => {
  const FIRST = 'CREATE TABLE a (n INTEGER) STRICT; INSERT INTO a VALUES (1)';

  const versionOf = (db: DatabaseSync): unknown => db.prepare('PRAGMA user_version').get();

  test('copies the file before it changes it', () => {
    const path = newFile();
    const db = new DatabaseSync(path);
    migrate(db, path, [FIRST]);
    expect(existsSync(`${path}.v1`)).toBe(false);
    migrate(db, path, [FIRST, 'UPDATE a SET n = 2']);
    expect(db.prepare('SELECT n FROM a').get()).toEqual({ n: 2 });
    expect(versionOf(db)).toEqual({ user_version: 2 });
    db.close();
    expect(statSync(`${path}.v1`).mode & 0o077).toBe(0);
    const copy = new DatabaseSync(`${path}.v1`);
    expect(copy.prepare('SELECT n FROM a').get()).toEqual({ n: 1 });
    expect(versionOf(copy)).toEqual({ user_version: 1 });
    copy.close();
  });

  test('that fails changes nothing', () => {
    const path = newFile();
    const db = new DatabaseSync(path);
    migrate(db, path, [FIRST]);
    expect(() => migrate(db, path, [FIRST, 'UPDATE a SET n = 2; SELECT nonsense'])).toThrow();
    db.close();
    const again = new DatabaseSync(path);
    expect(again.prepare('SELECT n FROM a').get()).toEqual({ n: 1 });
    expect(versionOf(again)).toEqual({ user_version: 1 });
    again.close();
  });
});
