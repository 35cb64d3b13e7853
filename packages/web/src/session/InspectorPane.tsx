import type { SessionDetail } from '@spoor/core';
import type { ReactNode } from 'react';
import { usePreference, writePreference } from '../ui/preferences.ts';
import { Splitter } from '../ui/Splitter.tsx';
import { Inspector } from './Inspector.tsx';
import styles from './Session.module.css';
import { Summary } from './Summary.tsx';

const WIDTH_PX = { min: 280, normal: 400, max: 720 } as const;

export interface InspectorPaneProps {
  readonly call: string;
  readonly detail: SessionDetail;
  readonly onCall: (id: string) => void;
}

/** The right-hand part: its own scroll, and as wide as its owner likes. */
export function InspectorPane({ call, detail, onCall }: InspectorPaneProps): ReactNode {
  const stored = Number(usePreference('inspector-px'));
  const width = stored >= WIDTH_PX.min ? Math.min(stored, WIDTH_PX.max) : WIDTH_PX.normal;
  return (
    <>
      <Splitter
        label="Width of the inspector"
        value={width}
        min={WIDTH_PX.min}
        max={WIDTH_PX.max}
        onChange={(px) => writePreference('inspector-px', String(px))}
      />
      <aside className={styles.inspector} style={{ width, maxWidth: '50%' }} aria-label="Inspector">
        {call === '' ? (
          <Summary all={detail.observations} />
        ) : (
          <Inspector key={call} id={call} all={detail.observations} onCall={onCall} />
        )}
      </aside>
    </>
  );
}
