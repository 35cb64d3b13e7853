import { type Bridge, startBridge } from './bridge.ts';
import { countIdentical, type Difference, differencesBetween, sameChecks } from './difference.ts';
import { type Checks, type Outcomes, type Revision, runRevision, runScenario } from './suite.ts';

/** One more run may agree by luck; more of each arm show what is steady and what repeats. */
const RERUNS = 4;

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
  /** The direct arm gives the same every time, the wrapped one something else more than once. */
  readonly differing: readonly Examined[];
  /** The direct arm does not agree with itself, or the wrapped one agreed in all reruns. */
  readonly racy: readonly Examined[];
}

export interface Arms {
  readonly direct: readonly string[];
  readonly wrapped: readonly string[];
}

/** The server without anything before it. It is judged once, however many are compared with it. */
export class Direct {
  readonly url: string;
  readonly #bridge: Bridge;
  readonly #outcomes = new Map<Revision, Promise<Outcomes>>();

  private constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.url = bridge.url;
  }

  static async start(command: readonly string[]): Promise<Direct> {
    return new Direct(await startBridge(command));
  }

  outcomes(revision: Revision): Promise<Outcomes> {
    const outcomes = this.#outcomes.get(revision) ?? runRevision(this.url, revision);
    this.#outcomes.set(revision, outcomes);
    // A run that was ended says nothing of the next one.
    outcomes.catch(() => this.#outcomes.delete(revision));
    return outcomes;
  }

  close(): Promise<void> {
    return this.#bridge.close();
  }
}

/** Where the two arms are. */
interface Urls {
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

const compareAt = async (
  arm: Direct,
  wrappedUrl: string,
  revision: Revision,
): Promise<Comparison> => {
  const urls = { direct: arm.url, wrapped: wrappedUrl };
  const direct = await arm.outcomes(revision);
  const wrapped = await runRevision(wrappedUrl, revision);
  const differences = differencesBetween(direct, wrapped);
  const reruns = differences.length > EXAMINED_MAX ? 0 : RERUNS;
  const examined: Examined[] = [];
  for (const difference of differences) {
    examined.push(await examine(urls, revision, difference, reruns));
  }
  const steady = ({ scenario, directReruns }: Examined): boolean =>
    directReruns.every((checks) => sameChecks(checks, direct.get(scenario) ?? []));
  const repeats = ({ scenario, wrappedReruns }: Examined): boolean =>
    reruns === 0 || wrappedReruns.some((checks) => !sameChecks(checks, direct.get(scenario) ?? []));
  const differs = (one: Examined): boolean => steady(one) && repeats(one);
  return {
    revision,
    scenarios: direct.size,
    identicalChecks: countIdentical(direct, wrapped),
    passedChecks: countStatus(direct, 'SUCCESS'),
    failedChecks: countStatus(direct, 'FAILURE'),
    differing: examined.filter(differs),
    racy: examined.filter((one) => !differs(one)),
  };
};

/** Runs the suite against two commands of the same server and compares check by check. */
export const compareArms = async (
  arms: Arms,
  revisions: readonly Revision[],
): Promise<readonly Comparison[]> => {
  const direct = await Direct.start(arms.direct);
  try {
    return await compareCommand(direct, arms.wrapped, revisions);
  } finally {
    await direct.close();
  }
};

/** The same with a server that runs already. */
export const compareCommand = async (
  direct: Direct,
  command: readonly string[],
  revisions: readonly Revision[],
): Promise<readonly Comparison[]> => {
  const wrapped = await startBridge(command);
  try {
    return await compareUrl(direct, wrapped.url, revisions);
  } finally {
    await wrapped.close();
  }
};

/** The same with another address of that server. */
export const compareUrl = async (
  direct: Direct,
  url: string,
  revisions: readonly Revision[],
): Promise<readonly Comparison[]> => {
  const comparisons: Comparison[] = [];
  for (const revision of revisions) comparisons.push(await compareAt(direct, url, revision));
  return comparisons;
};
