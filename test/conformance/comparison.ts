import { startBridge } from './bridge.ts';
import { countIdentical, type Difference, differencesBetween, sameChecks } from './difference.ts';
import { type Checks, type Outcomes, type Revision, runRevision, runScenario } from './suite.ts';

/** One more run may agree by luck; two more of each arm show whether the direct arm is steady. */
const RERUNS = 2;

/** When more scenarios than these differ, the wrapper is broken and no race is the reason. */
const EXAMINED_MAX = 6;

/** A difference, with what the reruns gave. */
interface Examined extends Difference {
  readonly directReruns: readonly Checks[];
  readonly wrappedReruns: readonly Checks[];
}

export interface Comparison {
  readonly revision: Revision;
  readonly scenarios: number;
  readonly identicalChecks: number;
  /** Passed checks of the direct arm: what fails there compares less. */
  readonly passedChecks: number;
  readonly failedChecks: number;
  /** The direct arm gives the same every time and the wrapped arm gave something else. */
  readonly differing: readonly Examined[];
  /** The direct arm does not even agree with itself. */
  readonly racy: readonly Examined[];
}

export interface Arms {
  readonly direct: readonly string[];
  readonly wrapped: readonly string[];
}

/** Where the two arms are. */
export interface Urls {
  readonly direct: string;
  readonly wrapped: string;
}

const examine = async (
  urls: Urls,
  revision: Revision,
  difference: Difference,
  reruns: number,
): Promise<Examined> => {
  const directReruns: Checks[] = [];
  const wrappedReruns: Checks[] = [];
  for (let i = 0; i < reruns; i += 1) {
    directReruns.push(await runScenario(urls.direct, revision, difference.scenario));
    wrappedReruns.push(await runScenario(urls.wrapped, revision, difference.scenario));
  }
  return { ...difference, directReruns, wrappedReruns };
};

const countStatus = (outcomes: Outcomes, status: string): number =>
  [...outcomes.values()].flat().filter((check) => check.endsWith(`:${status}`)).length;

const compareAt = async (urls: Urls, revision: Revision): Promise<Comparison> => {
  const direct = await runRevision(urls.direct, revision);
  const wrapped = await runRevision(urls.wrapped, revision);
  const differences = differencesBetween(direct, wrapped);
  const reruns = differences.length > EXAMINED_MAX ? 0 : RERUNS;
  const examined: Examined[] = [];
  for (const difference of differences) {
    examined.push(await examine(urls, revision, difference, reruns));
  }
  const steady = ({ scenario, directReruns }: Examined): boolean =>
    directReruns.every((checks) => sameChecks(checks, direct.get(scenario) ?? []));
  return {
    revision,
    scenarios: direct.size,
    identicalChecks: countIdentical(direct, wrapped),
    passedChecks: countStatus(direct, 'SUCCESS'),
    failedChecks: countStatus(direct, 'FAILURE'),
    differing: examined.filter((one) => steady(one)),
    racy: examined.filter((one) => !steady(one)),
  };
};

/** Runs the suite against two commands of the same server and compares check by check. */
export const compareArms = async (
  arms: Arms,
  revisions: readonly Revision[],
): Promise<readonly Comparison[]> => {
  const direct = await startBridge(arms.direct);
  const wrapped = await startBridge(arms.wrapped);
  try {
    return await compareUrls({ direct: direct.url, wrapped: wrapped.url }, revisions);
  } finally {
    await Promise.all([direct.close(), wrapped.close()]);
  }
};

/** The same of two addresses of one server. */
export const compareUrls = async (
  urls: Urls,
  revisions: readonly Revision[],
): Promise<readonly Comparison[]> => {
  const comparisons: Comparison[] = [];
  for (const revision of revisions) comparisons.push(await compareAt(urls, revision));
  return comparisons;
};
