import type { FlowEdge } from '@spoor/core';
import type { ReactNode } from 'react';
import { flowSentence } from '../model/flowWords.ts';
import { Section } from '../ui/Facts.tsx';
import { Text } from '../ui/Text.tsx';
import styles from './Inspector.module.css';

export interface FlowPartProps {
  readonly flows: readonly FlowEdge[];
  readonly order: { stepOf(id: string): number };
  readonly onCall: (id: string) => void;
}

/** The thick lines of the graph, in words. */
export function FlowPart({ flows, order, onCall }: FlowPartProps): ReactNode {
  if (flows.length === 0) return null;
  return (
    <Section title="Data seen before">
      <ul>
        {flows.map((flow) => {
          const step = order.stepOf(flow.from);
          return (
            <li key={`${flow.from}${flow.field}${flow.to}`} className={styles.flow}>
              <Text value={flowSentence(flow)} />{' '}
              {step > 0 && (
                <button type="button" onClick={() => onCall(flow.from)}>
                  Step {step}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
