import type { Scenario } from '../scenario.ts';

/** Traces beside the rules, by path under `rules/` without its ending. */
export type Traces = Readonly<Record<string, () => Scenario>>;
