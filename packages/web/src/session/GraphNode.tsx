import type { Observation } from '@spoor/core';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { List } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { DecisionTone } from '../model/kinds.ts';
import { decisionBadge, KIND_WORDS, nameOf, OUTCOME_WORDS } from '../model/kinds.ts';
import { isSmall } from '../model/layout.ts';
import { bytesText, durationText } from '../model/words.ts';
import { DecisionMark, LabelGlyphs } from '../ui/Marks.tsx';
import { Text } from '../ui/Text.tsx';
import styles from './Graph.module.css';

interface StepData extends Record<string, unknown> {
  readonly observation: Observation;
  readonly step: number;
  readonly color: string;
  readonly current: boolean;
  readonly dim: boolean;
  /** Number in the drawn path, or 0. */
  readonly mark: number;
}

export type StepNode = Node<StepData, 'step'>;

/** One step of the graph. The shape says what kind of method, the left edge which server. */
export const GraphNode: (props: NodeProps<StepNode>) => ReactNode = memo(
  ({ data }: NodeProps<StepNode>): ReactNode => {
    const { observation } = data;
    const tone: DecisionTone | undefined = decisionBadge(observation.decision)?.tone;
    return (
      <div
        className={styles.node}
        style={{ '--server': data.color } as React.CSSProperties}
        data-kind={observation.kind}
        data-current={data.current}
        data-dim={data.dim}
        data-bad={observation.outcome === 'denied'}
        data-would={tone === 'would'}
        data-pending={observation.outcome === 'pending'}
        title={isSmall(observation) ? `${KIND_WORDS[observation.kind]}, step ${data.step}` : ''}
      >
        <Handle className={styles.handle} type="target" position={Position.Left} />
        <Inside data={data} />
        {data.mark > 0 && <span className={styles.mark}>{data.mark}</span>}
        <Handle className={styles.handle} type="source" position={Position.Right} />
      </div>
    );
  },
);

function Inside({ data }: { readonly data: StepData }): ReactNode {
  const { observation } = data;
  if (observation.kind === 'intent') return KIND_WORDS.intent;
  if (isSmall(observation)) return <List size={12} aria-hidden="true" />;
  return <Face data={data} />;
}

function Face({ data }: { readonly data: StepData }): ReactNode {
  const { observation } = data;
  return (
    <>
      <span className={styles.top}>
        <span className={styles.name}>
          <Text value={nameOf(observation)} charsMax={48} />
        </span>
      </span>
      <span className={styles.bottom}>
        <span className={styles.order}>#{data.step}</span>
        <DecisionMark decision={observation.decision} />
        <span className={styles.summary}>{summary(observation)}</span>
        <LabelGlyphs labels={observation.tool?.labels.slice(0, 3) ?? []} />
      </span>
    </>
  );
}

function summary({ time, outcome, facts, tool, kind }: Observation): string {
  if (tool === undefined) return KIND_WORDS[kind];
  // The decision's mark has said it.
  if (outcome === 'denied') return '';
  if (outcome !== 'ok') return OUTCOME_WORDS[outcome];
  const took = time.endMs === undefined ? '' : durationText(time.endMs - time.startMs);
  return facts.result === undefined ? took : `${took}, ${bytesText(facts.result.bytes)}`;
}
