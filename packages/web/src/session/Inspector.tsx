import { type CallDetail, type Observation, plainName } from '@spoor/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useCall } from '../api/queries.ts';
import { contentNotes } from '../model/content.ts';
import { causeSentence } from '../model/flowWords.ts';
import { KIND_WORDS, nameOf, OUTCOME_WORDS } from '../model/kinds.ts';
import { failed } from '../model/panel.ts';
import { dateTimeText, durationText } from '../model/words.ts';
import { FactList, Section } from '../ui/Facts.tsx';
import { DecisionMark, LabelWords, Name, Severity } from '../ui/Marks.tsx';
import { Failed, Skeleton } from '../ui/States.tsx';
import { Text } from '../ui/Text.tsx';
import { Content } from './Content.tsx';
import { DecisionPart } from './DecisionPart.tsx';
import { FlowPart } from './FlowPart.tsx';
import styles from './Inspector.module.css';
import { LedgerPart } from './LedgerPart.tsx';
import { useOrder } from './useOrder.ts';

export interface InspectorProps {
  readonly id: string;
  readonly all: readonly Observation[];
  readonly onCall: (id: string) => void;
}

export function Inspector({ id, all, onCall }: InspectorProps): ReactNode {
  const query = useCall(id);
  const order = useOrder(all);
  if (query.data === undefined) {
    if (query.error === null) return <Skeleton noun="call" />;
    return <Failed noun="call" state={failed(query.error)} onRetry={() => void query.refetch()} />;
  }
  const { observation } = query.data;
  return (
    <>
      <Head observation={observation} step={order.stepOf(id)} />
      <DecisionPart decision={observation.decision} />
      <AlertLinks detail={query.data} />
      <FlowPart flows={observation.facts.flows} order={order} onCall={onCall} />
      <Content
        title="Asked with"
        content={observation.facts.request}
        notes={contentNotes(observation, query.data.ledger, 'request')}
      />
      <Content
        title="Answered with"
        content={observation.facts.result}
        notes={contentNotes(observation, query.data.ledger, 'result')}
      />
      <Who observation={observation} order={order} onCall={onCall} />
      <LedgerPart entries={query.data.ledger} />
    </>
  );
}

function Head(props: { readonly observation: Observation; readonly step: number }): ReactNode {
  const { tool, server, time, outcome, kind } = props.observation;
  return (
    <header className={styles.head}>
      <h2 className={styles.title}>
        <Text value={nameOf(props.observation)} charsMax={120} />
        <DecisionMark decision={props.observation.decision} />
      </h2>
      <p className={styles.sub}>
        <span>Step {props.step}</span>
        <span>{KIND_WORDS[kind]}</span>
        {server.name !== '' && (
          <span>
            on <Text value={server.name} charsMax={80} /> ({server.transport})
          </span>
        )}
        <span>{OUTCOME_WORDS[outcome]}</span>
        {time.endMs !== undefined && <span>{durationText(time.endMs - time.startMs)}</span>}
      </p>
      {tool !== undefined && tool.labels.length > 0 && (
        <div className={styles.labels}>
          <LabelWords labels={tool.labels} />
        </div>
      )}
    </header>
  );
}

function AlertLinks({ detail }: { readonly detail: CallDetail }): ReactNode {
  if (detail.alerts.length === 0) return null;
  return (
    <Section title="Alerts with this call">
      {detail.alerts.map((alert) => (
        <p key={alert.id}>
          <Severity level={alert.rule.level} />{' '}
          <Link className={styles.link} href={`/alerts/${encodeURIComponent(alert.id)}`}>
            <Text value={alert.title} charsMax={160} />
          </Link>
        </p>
      ))}
    </Section>
  );
}

function Who(props: {
  readonly observation: Observation;
  readonly order: { stepOf(id: string): number };
  readonly onCall: (id: string) => void;
}): ReactNode {
  const { principal, cause, trace, time, covered, era, errorType } = props.observation;
  const parent = cause.parent ?? '';
  const step = props.order.stepOf(parent);
  return (
    <Section title="Who, why and where">
      <FactList
        facts={[
          ['Agent', <Name key="agent" who={principal} charsMax={80} />],
          ['On behalf of', <Id key="pseudonym" value={principal.pseudonym} />],
          [
            'Claims to be',
            principal.claimed === undefined ? undefined : (
              <span key="claimed">
                <Id value={Object.values(principal.claimed).map(plainName).join(', ')} />, which
                nobody has checked
              </span>
            ),
          ],
          ['Identity by', principal.evidence.join(', ') || 'nothing'],
          [
            'Cause',
            <span key="cause">
              {causeSentence(cause)}{' '}
              {step > 0 && (
                <button type="button" className={styles.link} onClick={() => props.onCall(parent)}>
                  Step {step}
                </button>
              )}
            </span>,
          ],
          ['Coverage', covered ? undefined : 'This server only: decided without the hub'],
          ['Error', errorType === undefined ? undefined : <Text key="error" value={errorType} />],
          ['Started', dateTimeText(time.startMs)],
          ['Trace', <Id key="trace" value={trace.trace} />],
          ['Span', <Id key="span" value={trace.span} />],
          ['Sampled', `${trace.sampled.keep ? 'yes' : 'no'} (${trace.sampled.reason})`],
          ['Era', era],
        ]}
      />
    </Section>
  );
}

function Id({ value }: { readonly value: string }): ReactNode {
  return (
    <span className={styles.mono}>
      <Text value={value} charsMax={80} />
    </span>
  );
}
