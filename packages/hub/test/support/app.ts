import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from '@spoor/core';
import type { Hono } from 'hono';
import { onTestFinished } from 'vitest';
import { createApp } from '../../src/api/app.ts';
import { Auth } from '../../src/api/auth.ts';
import { LiveStream } from '../../src/api/live.ts';
import type { HubState, Question } from '../../src/bus.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { VaultDesk } from '../../src/vault/desk.ts';
import { Holds } from '../../src/vault/holds.ts';
import { START_MS } from './build.ts';
import { temporaryFolder } from './folder.ts';

export const ORIGIN = 'http://127.0.0.1:7717';
const TOKEN: string = 'f'.repeat(64);
export const BEARER: Readonly<Record<string, string>> = {
  host: '127.0.0.1:7717',
  authorization: `Bearer ${TOKEN}`,
};

export interface TestApp {
  readonly app: Hono;
  readonly auth: Auth;
  readonly store: Store;
  readonly live: LiveStream;
  readonly asked: Question[];
  /** Folder in which `web`, `ledger` and, beside them, a secret lie. */
  readonly folder: string;
  /** As the command line does: with the token. */
  call(path: string, init?: RequestInit): Promise<Response>;
}

const STATE: HubState = {
  policy: { mode: 'observe', rules: {}, servers: {} },
  sensors: 2,
  sealing: false,
  counts: { begun: 3 },
  ledger: {
    origin: 'test',
    size: 0,
    checkpoint: '',
    verifierKey: '',
    path: '/ledger',
    published: false,
    witness: { state: 'off', size: 0, witnesses: [] },
  },
  rules: { rules: [], builtIn: [], problems: [] },
  asks: [],
  leaks: [],
  reports: [],
  stops: [],
  exceptions: { rows: [], problems: [] },
};

/**
 * The API over a store in memory; what it asks of the deciding thread is answered with `answer`.
 */
export function testApp(answer: (question: Question) => unknown = () => true): TestApp {
  const folder = temporaryFolder();
  fill(folder);
  const auth = new Auth(TOKEN, systemRandom);
  const store = openSqliteStore(':memory:');
  onTestFinished(() => store.close());
  const live = new LiveStream(START_MS);
  const asked: Question[] = [];
  const app = createApp({
    auth,
    store,
    live,
    state: () => STATE,
    ask: async (question) => {
      asked.push(question);
      return answer(question);
    },
    destinations: () => [],
    sinks: undefined,
    metrics: () => 'spoor_up 1\n',
    clients: () => ({ watched: false, servers: [], unreadable: [] }),
    ingest: () => ({}),
    vault: new VaultDesk({
      ledgerPath: join(folder, 'ledger'),
      holds: new Holds(join(folder, 'holds.json')),
      days: 90,
      bytesMax: 1e9,
      storeDays: 30,
      random: systemRandom,
      nowMs: () => START_MS,
      sealing: () => false,
      ask: async (question) => {
        asked.push(question);
        return answer(question);
      },
      forget: (what) => store.shred(what),
    }),
    nowMs: () => START_MS,
    startedMs: START_MS,
    version: '0.1.0',
    webPath: join(folder, 'web'),
    storePath: join(folder, 'store.db'),
    ledgerPath: join(folder, 'ledger'),
    hosts: () => new Set(['127.0.0.1:7717', 'localhost:7717']),
  });
  const call = async (path: string, init: RequestInit = {}): Promise<Response> =>
    app.request(`${ORIGIN}${path}`, { ...init, headers: { ...BEARER, ...init.headers } });
  return { app, auth, store, live, asked, folder, call };
}

function fill(folder: string): void {
  for (const name of ['web/assets', 'ledger/tile/0/x001', 'ledger/tile/entries', 'ledger/vault'])
    mkdirSync(join(folder, name), { recursive: true });
  const files = {
    'web/index.html': '<title>Spoor</title>',
    'web/assets/app.js': 'export {}',
    'ledger/checkpoint': 'a note',
    'ledger/tile/0/x001/000': 'a tile',
    'ledger/tile/entries/000': 'entries',
    'ledger/vault/000': 'SECRET',
    secret: 'SECRET',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

/** Logs a browser in; its cookie and its anti-forgery token. */
export async function logIn({
  app,
  auth,
}: TestApp): Promise<{ readonly cookie: string; readonly csrf: string; readonly set: string }> {
  const response = await app.request(`${ORIGIN}/api/v1/login`, {
    method: 'POST',
    headers: { host: '127.0.0.1:7717' },
    body: JSON.stringify({ code: auth.newCode(START_MS) }),
  });
  const set = response.headers.get('set-cookie') ?? '';
  const { csrf } = (await response.json()) as { readonly csrf: string };
  return { cookie: set.split(';')[0] ?? '', csrf, set };
}
