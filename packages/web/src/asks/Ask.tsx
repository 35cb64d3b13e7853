import type { AskView } from '@spoor/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { prettyProjection } from '../model/projection.ts';
import { Button, Command } from '../ui/Controls.tsx';
import { FactList } from '../ui/Facts.tsx';
import { LabelWords, Name, Severity } from '../ui/Marks.tsx';
import { Text } from '../ui/Text.tsx';
import styles from './Asks.module.css';
import { TimeLeft } from './TimeLeft.tsx';

export interface AskProps {
  readonly ask: AskView;
  readonly current: boolean;
  readonly onChoose: () => void;
  readonly onAnswer: (said: 'approve' | 'deny') => void;
}

const PROJECTION_CHARS = 16_384;

/** Everything that an answer needs, in the order in which it is asked: what, why, with what. */
export function Ask({ ask, current, onChoose, onAnswer }: AskProps): ReactNode {
  const name = `${ask.tool} on ${ask.server}`;
  return (
    <li className={styles.ask} aria-current={current}>
      <div className={styles.head}>
        {ask.rule !== undefined && <Severity level={ask.rule.level} />}
        <h2>
          <button type="button" className={styles.name} onClick={onChoose} title="Choose this call">
            <Text value={name} charsMax={120} />
          </button>
        </h2>
        <span className={styles.left}>
          <TimeLeft untilMs={ask.expiresMs} /> left, then it is denied
        </span>
        <div className={styles.actions}>
          <Button
            look="primary"
            title={
              current ? 'Let this call go on' : 'Let this call go on; choose it to use the key'
            }
            action="ask.approve"
            onClick={() => onAnswer('approve')}
          >
            Approve
          </Button>
          <Button title="Deny this call" action="ask.deny" onClick={() => onAnswer('deny')}>
            Deny
          </Button>
        </div>
      </div>
      <FactList
        facts={[
          ['Asked by', <Name key="agent" who={ask} charsMax={60} />],
          ['Labels', <LabelWords key="labels" labels={ask.labels} />],
          ['Rule', ask.rule === undefined ? undefined : `${ask.rule.id}: ${ask.rule.title}`],
          [
            'Session',
            <Link
              key="session"
              className={styles.link}
              href={`/sessions/${ask.session}?call=${ask.call}`}
            >
              See what led to it
            </Link>,
          ],
        ]}
      />
      {ask.why.length > 0 && (
        <ul className={styles.why}>
          {ask.why.map((line) => (
            <li key={line}>
              <Text value={line} charsMax={300} />
            </li>
          ))}
        </ul>
      )}
      {ask.projection === undefined ? (
        <p className={styles.none}>The arguments are not kept: only their digest is.</p>
      ) : (
        <pre className={styles.projection}>
          <Text value={prettyProjection(ask.projection)} charsMax={PROJECTION_CHARS} />
        </pre>
      )}
      <Command text={`spoor approvals approve ${ask.case}`} />
    </li>
  );
}
