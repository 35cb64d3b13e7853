import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { useOwnHome } from './home.ts';
import { type Checks, type Revision, runClient } from './suite.ts';

const CLIENT = `${process.execPath} ${fileURLToPath(new URL('fixture/client.ts', import.meta.url))}`;

/** Every client scenario without authorization; `authorization.ts` has those with it. */
const SCENARIOS: Readonly<Record<Revision, readonly string[]>> = {
  '2025-11-25': [
    'initialize',
    'tools_call',
    'elicitation-sep1034-client-defaults',
    'sse-retry',
    'json-schema-2020-12-preservation',
  ],
  '2026-07-28': [
    'tools_call',
    'request-metadata',
    'sep-2322-client-request-state',
    'http-standard-headers',
    'http-custom-headers',
    'http-invalid-tool-headers',
    'json-schema-ref-no-deref',
    'json-schema-2020-12-preservation',
  ],
};

useOwnHome();

const found = new Map<string, Promise<Checks>>();

/** What the suite finds without Spoor; asked for once. */
function direct(revision: Revision, scenario: string): Promise<Checks> {
  const key = `${revision} ${scenario}`;
  const checks = found.get(key) ?? runClient(CLIENT, revision, scenario);
  found.set(key, checks);
  return checks;
}

for (const revision of ['2025-11-25', '2026-07-28'] as const)
  verifies(
    'gateway:clients',
    async () => {
      let passed = 0;
      for (const scenario of SCENARIOS[revision]) {
        const [alone, through] = await Promise.all([
          direct(revision, scenario),
          runClient(`${CLIENT} --gateway`, revision, scenario),
        ]);
        expect({ scenario, checks: through }).toEqual({ scenario, checks: alone });
        passed += alone.filter((check) => check.endsWith(':SUCCESS')).length;
      }
      expect(passed).toBeGreaterThanOrEqual(revision === '2025-11-25' ? 14 : 50);
    },
    { case: revision, timeoutMs: 180_000 },
  );

/** Without what the referee only notes: a wrapper says in the end that its session is over. */
const judged = (checks: Checks): Checks => checks.filter((check) => !check.endsWith(':INFO'));

for (const revision of ['2025-11-25', '2026-07-28'] as const)
  verifies(
    'upstream:conformance',
    async () => {
      for (const scenario of SCENARIOS[revision]) {
        const [alone, through] = await Promise.all([
          direct(revision, scenario),
          runClient(`${CLIENT} --wrapper`, revision, scenario),
        ]);
        expect({ scenario, checks: judged(through) }).toEqual({ scenario, checks: judged(alone) });
      }
    },
    { case: `a client, ${revision}`, timeoutMs: 180_000 },
  );
