import type { Observation } from '@spoor/core';
import type { ReactNode } from 'react';
import { classesText } from '../model/flowWords.ts';
import { KIND_WORDS, nameOf, OUTCOME_WORDS } from '../model/kinds.ts';
import { durationText } from '../model/words.ts';
import { DecisionMark, LabelGlyphs, ServerName } from '../ui/Marks.tsx';
import type { Column } from '../ui/Table.tsx';
import { Text } from '../ui/Text.tsx';
import { ClockTime } from '../ui/Time.tsx';
import styles from './Steps.module.css';
import type { Order } from './useOrder.ts';

export interface StepContext {
  readonly order: Order;
  readonly onCall: (id: string) => void;
  /** The step's number in the alert's path, or ''. */
  readonly mark: (id: string) => string;
}

export function stepColumns({ order, onCall, mark }: StepContext): readonly Column<Observation>[] {
  return [
    {
      title: '#',
      width: '60px',
      cell: ({ id }) => (
        <span className={styles.pair}>
          <span className={styles.step}>{order.stepOf(id)}</span>
          <span className={styles.path}>{mark(id)}</span>
        </span>
      ),
    },
    {
      title: 'Step',
      cell: (row) => (
        <span className={styles.tool}>
          <button type="button" onClick={() => onCall(row.id)}>
            <Text value={nameOf(row)} charsMax={80} />
          </button>
          {nameOf(row) === row.method && (
            <span className={styles.kind}>{KIND_WORDS[row.kind]}</span>
          )}
          <LabelGlyphs labels={row.tool?.labels ?? []} />
        </span>
      ),
    },
    {
      title: 'Time',
      width: '80px',
      hideBelow: 900,
      cell: ({ time }) => <ClockTime ms={time.startMs} />,
    },
    {
      title: 'Server',
      width: '96px',
      cell: (row) =>
        row.kind === 'intent' ? (
          <span className={styles.kind}>the user</span>
        ) : (
          <ServerName name={row.server.name} color={order.colorOf(row)} />
        ),
    },
    { title: 'Data from', width: '88px', hideBelow: 640, cell: (row) => sources(row, order) },
    {
      title: 'Found',
      width: '20%',
      hideBelow: 640,
      cell: ({ facts }) => classesText(facts.result?.classes ?? facts.request?.classes ?? []),
    },
    {
      title: 'Decision',
      width: '104px',
      cell: ({ decision }) => <DecisionMark decision={decision} />,
    },
    { title: 'Outcome', width: '96px', cell: ({ outcome }) => OUTCOME_WORDS[outcome] },
    {
      title: 'Took',
      width: '80px',
      hideBelow: 900,
      number: true,
      cell: ({ time }) => (time.endMs === undefined ? '' : durationText(time.endMs - time.startMs)),
    },
  ];
}

function sources(row: Observation, order: Order): ReactNode {
  const steps = new Set(row.facts.flows.map((flow) => order.stepOf(flow.from)));
  return [...steps].map((step) => (step === 0 ? 'earlier' : `#${step}`)).join(', ');
}
