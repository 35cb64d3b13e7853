import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { startBridge } from './bridge.ts';
import { FIXTURE, SPOOR_RUN } from './compare.ts';
import { type Comparison, compareCommand, compareUrl, Direct } from './comparison.ts';
import { differencesBetween } from './difference.ts';
import { startBridgeArm, startGatewayArm } from './gateway-arm.ts';
import { useOwnHome } from './home.ts';
import { REVISIONS, runScenario } from './suite.ts';

const DROP_PROGRESS = fileURLToPath(new URL('fixture/drop-progress.ts', import.meta.url));

/** Many times what a comparison takes. */
const COMPARISON_MS = 900_000;

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

function expectSame(comparisons: readonly Comparison[]): void {
  expect(comparisons.map(({ revision, differing }) => ({ revision, differing }))).toEqual(
    REVISIONS.map((revision) => ({ revision, differing: [] })),
  );
  // Fewer passes in the direct arm would compare less without anybody noticing.
  const [legacy, modern] = comparisons;
  expect(legacy?.passedChecks).toBeGreaterThanOrEqual(80);
  expect(modern?.passedChecks).toBeGreaterThanOrEqual(155);
}

describe('spoor', () => {
  useOwnHome();

  let direct: Direct;
  beforeAll(async () => {
    direct = await Direct.start(FIXTURE);
  });
  afterAll(() => direct.close());

  verifies(
    'relay:conformance',
    async () => {
      const wrapped = [...SPOOR_RUN, ...FIXTURE];
      expectSame(await compareCommand(direct, wrapped, REVISIONS));
    },
    { timeoutMs: COMPARISON_MS },
  );

  verifies(
    'upstream:conformance',
    async () => {
      const wrapped = [...SPOOR_RUN.slice(0, -1), '--url', direct.url];
      expectSame(await compareCommand(direct, wrapped, REVISIONS));
    },
    { case: 'a server', timeoutMs: COMPARISON_MS },
  );

  for (const [name, start] of Object.entries({
    'in front of a server': startGatewayArm,
    'as a bridge': () => startBridgeArm(FIXTURE),
  }))
    verifies(
      'gateway:conformance',
      async () => {
        const through = await start(direct.url);
        try {
          expectSame(await compareUrl(direct, through.url, REVISIONS));
        } finally {
          await through.close();
        }
      },
      { case: name, timeoutMs: COMPARISON_MS },
    );
});
