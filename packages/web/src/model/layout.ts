import type { Observation } from '@spoor/core';

/**
 * Where each step stands in the session graph. Lanes are servers in order of appearance and x grows
 * with the step, so a step's place depends only on the steps before it: nothing moves on append.
 */
export interface Placed {
  readonly observation: Observation;
  readonly lane: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Lane {
  readonly name: string;
  /** 1 to 12, in order of appearance; 0 for the lane of intents. */
  readonly color: number;
}

export interface Layout {
  readonly lanes: readonly Lane[];
  readonly nodes: readonly Placed[];
  readonly width: number;
}

/** Pixels at zoom 1. */
export const LANE_HEIGHT = 72;
export const NODE_HEIGHT = 40;
const NODE_WIDTH = 164;
const SMALL_WIDTH = 24;
/** Steps of different lanes may overlap in x, but never start closer than this. */
const STEP_MIN = 60;
const GAP = 28;
const LEFT = 24;
const SERVER_COLORS = 12;

/** The lane of what no server did. */
export const INTENT_LANE = 'intent';

export const laneOf = (observation: Observation): string =>
  observation.server.name === '' ? INTENT_LANE : observation.server.name;

export const isSmall = (observation: Observation): boolean => observation.kind === 'tool.list';

export function layOut(observations: readonly Observation[]): Layout {
  const lanes = new Map<string, number>();
  const laneEnds: number[] = [];
  const nodes: Placed[] = [];
  let lastX = LEFT - STEP_MIN;
  for (const observation of observations) {
    const name = laneOf(observation);
    const lane = lanes.get(name) ?? lanes.size;
    lanes.set(name, lane);
    const width = isSmall(observation) ? SMALL_WIDTH : NODE_WIDTH;
    const x = Math.max(lastX + STEP_MIN, (laneEnds[lane] ?? 0) + GAP);
    laneEnds[lane] = x + width;
    lastX = isSmall(observation) ? x - STEP_MIN + SMALL_WIDTH : x;
    const y = lane * LANE_HEIGHT + (LANE_HEIGHT - NODE_HEIGHT) / 2;
    nodes.push({ observation, lane, x, y, width, height: NODE_HEIGHT });
  }
  return { lanes: laneList([...lanes.keys()]), nodes, width: Math.max(0, ...laneEnds) + GAP };
}

function laneList(names: readonly string[]): readonly Lane[] {
  let servers = 0;
  return names.map((name) => ({
    name,
    color: name === INTENT_LANE ? 0 : (servers++ % SERVER_COLORS) + 1,
  }));
}

export const serverColor = (color: number): string =>
  color === 0 ? 'var(--text-faint)' : `var(--server-${color})`;
