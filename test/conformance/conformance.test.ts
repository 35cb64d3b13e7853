import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { startBridge } from './bridge.ts';
import { FIXTURE, SPOOR_RUN } from './compare.ts';
import { compareArms, compareUrls } from './comparison.ts';
import { differencesBetween } from './difference.ts';
import { startBridgeArm, startGatewayArm } from './gateway-arm.ts';
import { useOwnHome } from './home.ts';
import { REVISIONS, runScenario } from './suite.ts';

const DROP_PROGRESS = fileURLToPath(new URL('fixture/drop-progress.ts', import.meta.url));

/** The comparison must fit in a test run; a wrapper that costs more is a fault by itself. */
const COMPARISON_MS = 90_000;

describe('the comparison', () => {
  test('notices a wrapper that swallows a notification', async () => {
    const scenario = 'tools-call-with-progress';
    const faulty = [process.execPath, DROP_PROGRESS, ...FIXTURE];
    const outcomes = [];
    for (const command of [FIXTURE, faulty]) {
      const bridge = await startBridge(command);
      try {
        outcomes.push(new Map([[scenario, await runScenario(bridge.url, '2025-11-25', scenario)]]));
      } finally {
        await bridge.close();
      }
    }
    const [direct = new Map(), wrapped = new Map()] = outcomes;
    expect(differencesBetween(direct, wrapped)).toEqual([
      {
        scenario,
        onlyDirect: ['tools-call-with-progress:SUCCESS'],
        onlyWrapped: ['tools-call-with-progress:FAILURE'],
      },
    ]);
  });
});

describe('spoor', () => {
  useOwnHome();

  verifies(
    'relay:conformance',
    async () => {
      const arms = { direct: FIXTURE, wrapped: [...SPOOR_RUN, ...FIXTURE] };
      const comparisons = await compareArms(arms, REVISIONS);
      expect(comparisons.map(({ revision, differing }) => ({ revision, differing }))).toEqual(
        REVISIONS.map((revision) => ({ revision, differing: [] })),
      );
      // Fewer passes in the direct arm would compare less without anybody noticing.
      const [legacy, modern] = comparisons;
      expect(legacy?.passedChecks).toBeGreaterThanOrEqual(80);
      expect(modern?.passedChecks).toBeGreaterThanOrEqual(155);
    },
    { timeoutMs: COMPARISON_MS },
  );

  verifies(
    'upstream:conformance',
    async () => {
      const server = await startBridge(FIXTURE);
      const wrapped = [...SPOOR_RUN.slice(0, -1), '--url', server.url];
      try {
        const comparisons = await compareArms({ direct: FIXTURE, wrapped }, REVISIONS);
        expect(comparisons.map(({ revision, differing }) => ({ revision, differing }))).toEqual(
          REVISIONS.map((revision) => ({ revision, differing: [] })),
        );
        const [legacy, modern] = comparisons;
        expect(legacy?.passedChecks).toBeGreaterThanOrEqual(80);
        expect(modern?.passedChecks).toBeGreaterThanOrEqual(155);
      } finally {
        await server.close();
      }
    },
    { case: 'a server', timeoutMs: 2 * COMPARISON_MS },
  );

  for (const [name, start] of Object.entries({
    'in front of a server': startGatewayArm,
    'as a bridge': () => startBridgeArm(FIXTURE),
  }))
    verifies(
      'gateway:conformance',
      async () => {
        const direct = await startBridge(FIXTURE);
        const through = await start(direct.url);
        try {
          const urls = { direct: direct.url, wrapped: through.url };
          const comparisons = await compareUrls(urls, REVISIONS);
          expect(comparisons.map(({ revision, differing }) => ({ revision, differing }))).toEqual(
            REVISIONS.map((revision) => ({ revision, differing: [] })),
          );
          const [legacy, modern] = comparisons;
          expect(legacy?.passedChecks).toBeGreaterThanOrEqual(80);
          expect(modern?.passedChecks).toBeGreaterThanOrEqual(155);
        } finally {
          await through.close();
          await direct.close();
        }
      },
      { case: name, timeoutMs: COMPARISON_MS },
    );
});
