import { fileURLToPath } from 'node:url';
import { maskText } from '@spoor/detect';
import {
  admitAll,
  createLog,
  DEFAULT_PERMISSIONS,
  Library,
  QueryServer,
  type RunningHttp,
  serveHttp,
} from '@spoor/query';
import { afterAll, beforeAll, expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { type Outcomes, type Revision, runRevision } from './suite.ts';

/** What the suite asks of any server, whatever its tools are. */
const OFFERED: Readonly<Record<Revision, readonly string[]>> = {
  '2025-11-25': [
    'dns-rebinding-protection',
    'ping',
    'prompts-list',
    'resources-list',
    'server-initialize',
    'server-session-lifecycle',
    'tools-list',
  ],
  '2026-07-28': [
    'caching',
    'dns-rebinding-protection',
    'http-header-validation',
    'input-required-result-unsupported-methods',
    'input-required-result-validate-input',
    'prompts-list',
    'resources-list',
    'sep-2164-resource-not-found',
    'server-sse-multiple-streams',
    'tools-list',
  ],
};

/** The others call tools, prompts and resources of the suite's own fixture, or are extensions. */
const OF_A_FIXTURE =
  /^(?:tools-call|prompts-get|resources-(?:read|templates|subscribe|unsubscribe)|elicitation|input-required|tasks|completion|logging|json-schema|http-custom-header|server-sse|server-stateless)/;

/** So do these, within a scenario whose other checks any server must pass. */
const STATELESS_OF_A_FIXTURE: readonly string[] = [
  'sep-2575-http-server-no-independent-requests-on-stream:FAILURE',
  'sep-2575-missing-capability-http-400:FAILURE',
  'sep-2575-server-no-log-without-loglevel:FAILURE',
  'sep-2575-server-rejects-undeclared-capability:FAILURE',
];

let server: RunningHttp;

beforeAll(async () => {
  const query = new QueryServer({
    version: '0.0.0',
    deployments: [],
    masker: { mask: maskText },
    library: new Library([
      { name: 'spoor', folder: fileURLToPath(new URL('../../docs', import.meta.url)) },
    ]),
    log: createLog(
      'text',
      'error',
      () => undefined,
      () => new Date(),
    ),
    nowMs: Date.now,
    disabled: new Set(),
  });
  server = await serveHttp(query, {
    host: '127.0.0.1',
    port: 0,
    mode: 'http',
    hosts: [],
    origins: [],
    heartbeatMs: 5_000,
    admission: admitAll({ id: 'local', permissions: new Set(DEFAULT_PERMISSIONS) }),
  });
});

afterAll(() => server.close());

const failing = (outcomes: Outcomes, name: string): readonly string[] =>
  (outcomes.get(name) ?? ['absent']).filter((one) => !/:(?:SUCCESS|INFO)$/.test(one));

for (const revision of ['2025-11-25', '2026-07-28'] as const)
  verifies(
    'query:conformance',
    async () => {
      const outcomes = await runRevision(`http://localhost:${server.port}/mcp`, revision);
      for (const name of OFFERED[revision])
        expect([name, failing(outcomes, name)]).toEqual([name, []]);
      const names = [...outcomes.keys()].filter((name) => failing(outcomes, name).length > 0);
      expect(names.filter((name) => !OF_A_FIXTURE.test(name))).toEqual([]);
      if (revision === '2025-11-25') return;
      const stateless = failing(outcomes, 'server-stateless').filter(
        (one) => !one.endsWith(':WARNING'),
      );
      expect(stateless).toEqual(STATELESS_OF_A_FIXTURE);
    },
    { case: revision, timeoutMs: 90_000 },
  );
