import type { Observation } from '@spoor/core';
import { useMemo } from 'react';
import { laneOf, layOut, serverColor } from '../model/layout.ts';

const NO_COLOR = 'var(--text-faint)';

export interface Order {
  /** Step number of a call, from 1; 0 where it is not in this session. */
  stepOf(id: string): number;
  colorOf(observation: Observation): string;
  colorOfLane(name: string): string;
}

/** Step numbers and server colours, the same in every view and in the inspector. */
export function useOrder(all: readonly Observation[]): Order {
  return useMemo(() => {
    const steps = new Map(all.map((observation, index) => [observation.id as string, index + 1]));
    const colors = new Map(
      layOut(all).lanes.map((lane) => [lane.name, serverColor(lane.color)] as const),
    );
    return {
      stepOf: (id) => steps.get(id) ?? 0,
      colorOf: (observation) => colors.get(laneOf(observation)) ?? NO_COLOR,
      colorOfLane: (name) => colors.get(name) ?? NO_COLOR,
    };
  }, [all]);
}
