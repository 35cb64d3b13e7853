import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { useOwnHome } from './home.ts';
import { type Revision, runClient } from './suite.ts';

const CLIENT = `${process.execPath} ${fileURLToPath(new URL('fixture/client.ts', import.meta.url))}`;

/** Every client scenario without authorization: that changes with the URL (docs/gateway.md). */
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

for (const revision of ['2025-11-25', '2026-07-28'] as const)
  verifies(
    'gateway:clients',
    async () => {
      let passed = 0;
      for (const scenario of SCENARIOS[revision]) {
        const [direct, through] = await Promise.all([
          runClient(CLIENT, revision, scenario),
          runClient(`${CLIENT} --gateway`, revision, scenario),
        ]);
        expect({ scenario, checks: through }).toEqual({ scenario, checks: direct });
        passed += direct.filter((check) => check.endsWith(':SUCCESS')).length;
      }
      expect(passed).toBeGreaterThanOrEqual(revision === '2025-11-25' ? 14 : 50);
    },
    { case: revision, timeoutMs: 120_000 },
  );
