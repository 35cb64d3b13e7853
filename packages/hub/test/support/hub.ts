import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Alert, HubView, Page, SessionDetail, SessionView } from '@spoor/core';
import { systemRandom } from '@spoor/core';
import { type Home, locateHome, prepareHome, readToken } from '@spoor/edge';
import { onTestFinished } from 'vitest';
import { Hub, type HubOptions } from '../../src/index.ts';
import { temporaryFolder } from './folder.ts';

const RULES = fileURLToPath(new URL('../../../../rules', import.meta.url));

/** A whole hub in this process, with a state folder of its own. */
export interface TestHub {
  readonly url: string;
  readonly home: Home;
  readonly token: string;
  readonly view: HubView;
  api<Value>(path: string): Promise<Value>;
  /** All sessions, with what they hold. */
  sessions(): Promise<SessionDetail[]>;
  alerts(): Promise<readonly Alert[]>;
  counts(): Promise<Readonly<Record<string, number>>>;
  /** Everything in the state folder, as text, by file. */
  files(): [string, string][];
  stop(): Promise<void>;
}

export async function startHub(
  part: Partial<HubOptions> = {},
  prepare: (home: Home) => void = () => undefined,
): Promise<TestHub> {
  const folder = temporaryFolder();
  const home = locateHome({ SPOOR_HOME: join(folder, 'state'), SPOOR_CONFIG: folder });
  prepareHome(home);
  prepare(home);
  const hub = await Hub.start({
    home,
    version: '0.1.0',
    host: '127.0.0.1',
    port: 0,
    mode: 'enforce',
    rulesFolder: RULES,
    webPath: folder,
    project: true,
    budgetMs: 1_000,
    askTimeoutMs: 1_000,
    retentionDays: 30,
    storeBytesMax: 1e9,
    vault: { days: 90, bytesMax: 1e9, ledgerDays: 0 },
    sampleRate: 1,
    random: systemRandom,
    say: () => undefined,
    ...part,
  });
  onTestFinished(() => hub.stop());
  const token = readToken(home) ?? '';
  const api = async <Value>(path: string): Promise<Value> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await (await fetch(`${hub.url}/api/v1/${path}`, { headers })).json()) as Value;
  };
  return {
    url: hub.url,
    home,
    token,
    view: await api<HubView>('hub'),
    api,
    sessions: async () => {
      const { rows } = await api<Page<SessionView>>('sessions');
      return Promise.all(rows.map(({ id }) => api<SessionDetail>(`sessions/${id}`)));
    },
    alerts: async () => (await api<Page<Alert>>('alerts?status=all')).rows,
    counts: async () => (await api<HubView>('hub')).counts,
    files: () =>
      readdirSync(home.folder, { recursive: true, encoding: 'utf8' })
        .map((name) => join(home.folder, name))
        .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
        .map((path) => [path, readFileSync(path, 'latin1')]),
    stop: () => hub.stop(),
  };
}

/** Asks until the answer is as wanted. */
export async function until<Value>(
  ask: () => Promise<Value>,
  wanted: (value: Value) => boolean,
): Promise<Value> {
  const end = performance.now() + 30_000;
  for (;;) {
    const value = await ask();
    if (wanted(value)) return value;
    if (performance.now() > end)
      throw new Error(`never came: ${JSON.stringify(value)?.slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
