import type { Alert, SessionDetail } from '@spoor/core';
import type { ReactNode } from 'react';
import { byUrgency, SEVERITY } from '../model/kinds.ts';
import { plainProjection } from '../model/projection.ts';
import { revealed } from '../model/reveal.ts';
import { countText, durationText, shortId } from '../model/words.ts';
import { StopButton } from '../stops/StopButton.tsx';
import { Name, Severity } from '../ui/Marks.tsx';
import { Text } from '../ui/Text.tsx';
import { ClockTime } from '../ui/Time.tsx';
import styles from './Session.module.css';

export interface SessionHeadProps {
  readonly detail: SessionDetail;
  readonly alertId: string;
  readonly onAlert: (id: string) => void;
}

export function SessionHead({ detail, alertId, onAlert }: SessionHeadProps): ReactNode {
  const { session } = detail;
  return (
    <header className={styles.head}>
      <div className={styles.line}>
        <strong>
          <Name who={session} charsMax={60} />
        </strong>
        <span>{countText(session.servers.length, 'server')}</span>
        <span>{countText(session.calls, 'call')}</span>
        {session.denied > 0 && <span className={styles.denied}>{session.denied} denied</span>}
        <span>
          <ClockTime ms={session.startMs} />, for{' '}
          {durationText(Math.max(0, session.lastMs - session.startMs))}
        </span>
        <span className="mono" title={session.id}>
          {shortId(session.id)}
        </span>
        <StopButton session={session.id} />
      </div>
      <div className={styles.line}>
        {session.intent !== undefined && (
          <p className={styles.intent}>
            <span className={styles.caption}>Intent</span>
            <span>
              <Text value={plainProjection(session.intent)} />
            </span>
          </p>
        )}
        <div className={styles.alerts}>
          {[...detail.alerts].sort(byUrgency).map((alert) => (
            <AlertButton
              key={alert.id}
              alert={alert}
              pressed={alert.id === alertId}
              onClick={() => onAlert(alert.id === alertId ? '' : alert.id)}
            />
          ))}
        </div>
      </div>
    </header>
  );
}

function AlertButton(props: {
  readonly alert: Alert;
  readonly pressed: boolean;
  readonly onClick: () => void;
}): ReactNode {
  const { level } = props.alert.rule;
  return (
    <button
      type="button"
      className={styles.alert}
      style={{ color: SEVERITY[level].color }}
      aria-pressed={props.pressed}
      title={`Show the path: ${revealed(props.alert.title, 160)}`}
      onClick={props.onClick}
    >
      <Severity level={level} />
      <span className={styles.alertTitle}>
        <Text value={props.alert.title} charsMax={80} />
      </span>
    </button>
  );
}
