/** What is usual for a tool and its principals, and what may be spent on them. */

export const BASELINE_STATES = ['learning', 'locked', 'untracked'] as const;
/**
 * `learning`: takes in what it sees. `locked`: compares, and takes nothing in. `untracked`: there
 * was no room for a baseline, so nothing could be compared.
 */
export type BaselineState = (typeof BASELINE_STATES)[number];

/** How a call differs from what was learned of its tool. A member is absent where nothing does. */
export interface BaselineFacts {
  readonly state: BaselineState;
  /** Calls that it was learned from. */
  readonly calls: number;
  /** Argument paths that no call had. */
  readonly newKeys?: readonly string[];
  /** Argument paths with a type that they never had, such as `limit:string`. */
  readonly newTypes?: readonly string[];
  /** Top-level arguments that the tool's input schema does not declare. */
  readonly undeclaredKeys?: readonly string[];
  /** The argument that exceeds the largest one seen by the highest factor. */
  readonly size?: { readonly path: string; readonly bytes: number; readonly factor: number };
  /** Number of destinations that no call had. */
  readonly newDestinations?: number;
  /** With it: share of the learned calls that went to a destination for the first time. */
  readonly destinationNovelty?: number;
  /** Calls in a minute by this principal, over the most that was learned. */
  readonly rate?: { readonly perMinute: number; readonly factor: number };
  /** Hour of the day (UTC) in which this principal never called the tool, nor in the next ones. */
  readonly unusualHour?: number;
}

/** One argument path as an owner sees it. */
export interface BaselinePath {
  readonly path: string;
  readonly types: readonly string[];
  readonly bytesMax: number;
  readonly calls: number;
  /** Which call brought it, counted from 1: what comes late is worth a look. */
  readonly firstCall: number;
  readonly firstMs: number;
}

/** One principal's use of a tool. */
export interface BaselinePrincipal {
  readonly principal: string;
  readonly calls: number;
  readonly perMinuteMax: number;
  /** UTC, ascending. */
  readonly hours: readonly number[];
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface BaselineSummary {
  readonly server: string;
  readonly tool: string;
  readonly state: Exclude<BaselineState, 'untracked'>;
  /** Does it lock by itself when it has seen enough? */
  readonly locksItself: boolean;
  readonly lockedMs?: number;
  readonly calls: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly keys: number;
  readonly destinations: number;
  readonly principals: number;
  /** What came after the first half of the calls, while it learned: it may have been taught. */
  readonly late: { readonly keys: readonly string[]; readonly destinations: number };
  /** What a limit left out. */
  readonly full: boolean;
}

export interface BaselineView extends BaselineSummary {
  readonly paths: readonly BaselinePath[];
  readonly by: readonly BaselinePrincipal[];
  /** Of the input schema; absent where no definition was seen. */
  readonly declared?: readonly string[];
}
