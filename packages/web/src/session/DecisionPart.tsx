import type { Decision } from '@spoor/core';
import type { ReactNode } from 'react';
import { Command } from '../ui/Controls.tsx';
import { FactList, Section } from '../ui/Facts.tsx';
import { ClockTime } from '../ui/Time.tsx';
import styles from './Inspector.module.css';

/** Reason codes of a decision as sentences. */
const REASONS: Readonly<Record<string, string>> = {
  rule: 'A rule matched',
  'allowed-once': 'The owner allowed this very call once',
  approved: 'A person let it go on',
  'approved-in-host': 'Its user let it go on in the host program',
  refused: 'A person said no',
  'ask-timeout': 'No person answered in time',
  'no-approver': 'Nobody could be asked',
  withdrawn: 'Its client took it back before a person answered',
  'fail-closed': 'Nobody could decide in time, and the tool’s labels close it',
  'fail-open': 'Nobody could decide in time, and the tool’s labels leave it open',
  durability: 'The ledger could not be made durable first',
  unreadable: 'The message could not be read exactly',
  stopped: 'The session was stopped by its owner',
  default: 'No rule spoke',
};

export function DecisionPart({ decision }: { readonly decision: Decision | undefined }): ReactNode {
  if (decision === undefined) return null;
  const differs = decision.action !== decision.wanted;
  return (
    <Section title="Decision">
      <FactList
        facts={[
          ['Action', differs ? `${decision.action} (would ${decision.wanted})` : decision.action],
          ['Why', REASONS[decision.reason] ?? decision.reason],
          ['Rule', decision.rule === '' ? undefined : decision.rule],
          ['Mode', decision.mode],
          ['By', decision.by === 'hub' ? 'the hub' : 'the sensor alone'],
          ['Case', decision.case],
          [
            'Open until',
            decision.expiresMs === undefined ? undefined : (
              <ClockTime key="until" ms={decision.expiresMs} />
            ),
          ],
        ]}
      />
      {decision.case !== undefined && (
        <div className={styles.command}>
          <Command text={`spoor why ${decision.case}`} />
        </div>
      )}
    </Section>
  );
}
