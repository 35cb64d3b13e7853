import { useViewport } from '@xyflow/react';
import type { ReactNode } from 'react';
import { LANE_HEIGHT, type Lane } from '../model/layout.ts';
import { Text } from '../ui/Text.tsx';
import styles from './Graph.module.css';

export interface GraphLanesProps {
  readonly lanes: readonly Lane[];
  readonly colorOf: (lane: string) => string;
}

/** Lane lines and names: they follow the view up and down but stay put from left to right. */
export function GraphLanes({ lanes, colorOf }: GraphLanesProps): ReactNode {
  const { y, zoom } = useViewport();
  const height = LANE_HEIGHT * zoom;
  return (
    <div className={styles.lanes}>
      {lanes.map((lane, index) => {
        const top = y + index * height;
        return (
          <div key={lane.name}>
            <div className={styles.lane} style={{ top, height }} />
            <span className={styles.laneName} style={{ top, borderColor: colorOf(lane.name) }}>
              <Text value={lane.name} charsMax={40} />
            </span>
          </div>
        );
      })}
    </div>
  );
}
