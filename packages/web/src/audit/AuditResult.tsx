import type { CSSProperties, ReactNode } from 'react';
import { countText, durationText } from '../model/words.ts';
import styles from './Audit.module.css';
import type { AuditState } from './useAudit.ts';
import { auditWords } from './words.ts';

const TONES = {
  ok: 'var(--ok)',
  warn: 'var(--warn)',
  bad: 'var(--bad)',
  none: 'var(--text)',
} as const;

/** The big plain answer. */
export function AuditResult(props: {
  readonly state: AuditState;
  readonly size: number;
}): ReactNode {
  const { state, size } = props;
  if (state.kind === 'not-yet') {
    return (
      <Result tone="none" title="Not verified yet">
        <p>
          {countText(size, 'entry', 'entries')} are published. Verification reads all of them here,
          in this browser, and recomputes every hash and the signature.
        </p>
      </Result>
    );
  }
  if (state.kind === 'running') {
    return (
      <Result tone="none" title="Verifying…">
        <p>
          {state.checked.toLocaleString('en')} of {countText(state.size, 'entry', 'entries')}
        </p>
        <progress className={styles.progress} value={state.checked} max={Math.max(1, state.size)} />
      </Result>
    );
  }
  if (state.kind === 'failed') {
    return (
      <Result tone="bad" title="Could not look">
        <p>{state.why}. This says nothing about the log: try again.</p>
      </Result>
    );
  }
  const words = auditWords(state.result, state.kept, state.looked);
  return (
    <Result tone={words.tone} title={words.title}>
      <p>{words.detail}</p>
      {state.keyChanged && (
        <p>
          This browser verified a log with another key at this address before. If Spoor was not set
          up anew, ask why.
        </p>
      )}
      <p>It took {durationText(state.tookMs)}.</p>
    </Result>
  );
}

function Result(props: {
  readonly tone: keyof typeof TONES;
  readonly title: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div
      className={styles.result}
      style={{ '--tone': TONES[props.tone] } as CSSProperties}
      role="status"
    >
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}
