import type { Alert, PathStep } from '@spoor/core';
import type { CSSProperties, ReactNode } from 'react';
import { Link } from 'wouter';
import { callPath } from '../api/jump.ts';
import { SEVERITY } from '../model/kinds.ts';
import { Text } from '../ui/Text.tsx';
import { ClockTime } from '../ui/Time.tsx';
import styles from './Alerts.module.css';

/** What a field held; the terms of a score are the longest. */
const MATCHED_CHARS = 800;

/** The steps of the match in order, each with the fields that made it match. */
export function PathStrip({ alert }: { readonly alert: Alert }): ReactNode {
  const { path } = alert.detection;
  const color = SEVERITY[alert.rule.level].color;
  return (
    <ol className={styles.path} style={{ '--path': color } as CSSProperties}>
      {path.map((step, index) => (
        <Step
          key={`${step.call}${step.seq}`}
          step={step}
          number={index + 1}
          last={index === path.length - 1}
          href={callPath(alert.session, step.call)}
        />
      ))}
    </ol>
  );
}

function Step(props: {
  readonly step: PathStep;
  readonly number: number;
  readonly last: boolean;
  readonly href: string;
}): ReactNode {
  const { step } = props;
  const matched = Object.entries(step.matched);
  return (
    <li className={styles.step} data-last={props.last}>
      <span className={styles.number}>{props.number}</span>
      <div className={styles.stepHead}>
        <Link href={props.href}>
          <Text value={step.server} charsMax={60} />
          {step.tool !== '' && (
            <>
              {' › '}
              <Text value={step.tool} charsMax={80} />
            </>
          )}
        </Link>
        <span className={styles.stepTitle}>
          <Text value={step.step} charsMax={120} />
        </span>
        <ClockTime ms={step.atMs} />
      </div>
      <div className={styles.matched}>
        {matched.map(([field, value]) => (
          <code key={field}>
            <Text value={`${field}: ${value}`} charsMax={MATCHED_CHARS} />
          </code>
        ))}
      </div>
    </li>
  );
}
