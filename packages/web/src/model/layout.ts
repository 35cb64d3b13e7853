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
  /** 1 to 12, in order of appearance; 0 for the strip of intents. */
  readonly color: number;
  readonly y: number;
  readonly height: number;
}

export interface Layout {
  readonly lanes: readonly Lane[];
  readonly nodes: readonly Placed[];
  readonly width: number;
  readonly height: number;
}

/** Pixels at zoom 1. The strip of intents is always there, since it could not be added later. */
const INTENT_HEIGHT = 38;
const LANE_HEIGHT = 88;
/** Below the lane's name, so that the name never covers a step. */
const STEP_TOP = 30;
const SIZES = {
  step: { width: 172, height: 44 },
  list: { width: 24, height: 24 },
  intent: { width: 68, height: 24 },
} as const;
/** Steps of different lanes may overlap in x, but never start closer than this. */
const STEP_MIN = 56;
const SMALL_STEP_MIN = 20;
const GAP = 22;
const SERVER_COLORS = 12;

/** The lane of what no server did. A server always has a name, so none can stand in it. */
export const INTENT_LANE = '';

export const laneOf = (observation: Observation): string =>
  observation.kind === 'intent' ? INTENT_LANE : observation.server.name;

export const isSmall = ({ kind }: Observation): boolean => kind.endsWith('.list');

const sizeOf = (observation: Observation): { readonly width: number; readonly height: number } => {
  if (observation.kind === 'intent') return SIZES.intent;
  return isSmall(observation) ? SIZES.list : SIZES.step;
};

export function layOut(observations: readonly Observation[]): Layout {
  const names = new Map<string, number>([[INTENT_LANE, 0]]);
  const laneEnds: number[] = [];
  const nodes: Placed[] = [];
  let nextX = 0;
  for (const observation of observations) {
    const name = laneOf(observation);
    const lane = names.get(name) ?? names.size;
    names.set(name, lane);
    const { width, height } = sizeOf(observation);
    const x = Math.max(nextX, (laneEnds[lane] ?? -GAP) + GAP);
    laneEnds[lane] = x + width;
    nextX = x + (width < STEP_MIN ? SMALL_STEP_MIN : STEP_MIN);
    nodes.push({ observation, lane, x, y: stepTop(lane, height), width, height });
  }
  const lanes = [...names.keys()].map(laneAt);
  const height = lanes.reduce((sum, lane) => sum + lane.height, 0);
  return { lanes, nodes, width: Math.max(0, ...laneEnds.filter(Number.isFinite)), height };
}

const laneTop = (lane: number): number =>
  lane === 0 ? 0 : INTENT_HEIGHT + (lane - 1) * LANE_HEIGHT;

const stepTop = (lane: number, height: number): number =>
  lane === 0
    ? (INTENT_HEIGHT - height) / 2
    : laneTop(lane) + STEP_TOP + (SIZES.step.height - height) / 2;

const laneAt = (name: string, lane: number): Lane => ({
  name,
  color: lane === 0 ? 0 : ((lane - 1) % SERVER_COLORS) + 1,
  y: laneTop(lane),
  height: lane === 0 ? INTENT_HEIGHT : LANE_HEIGHT,
});

export const serverColor = (color: number): string =>
  color === 0 ? 'var(--text-faint)' : `var(--server-${color})`;
