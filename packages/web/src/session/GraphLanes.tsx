import { useViewport } from '@xyflow/react';
import type { ReactNode } from 'react';
import { INTENT_LANE, type Lane } from '../model/layout.ts';
import { Text } from '../ui/Text.tsx';
import styles from './Graph.module.css';

export interface GraphLanesProps {
  readonly lanes: readonly Lane[];
  readonly colorOf: (lane: string) => string;
}

/** Lane lines and names: they follow the view up and down but stay put from left to right. */
export function GraphLanes({ lanes, colorOf }: GraphLanesProps): ReactNode {
  const { y, zoom } = useViewport();
  return (
    <div className={styles.lanes}>
      {lanes.map((lane) => {
        const top = y + lane.y * zoom;
        const height = lane.height * zoom;
        return (
          <div key={lane.name}>
            <div className={styles.lane} style={{ top, height }} />
            {lane.name !== INTENT_LANE && (
              <span className={styles.laneName} style={{ top, borderColor: colorOf(lane.name) }}>
                <Text value={lane.name} charsMax={40} />
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}
