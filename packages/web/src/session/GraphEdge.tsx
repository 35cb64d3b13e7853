import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo, type ReactNode, useState } from 'react';
import type { LinkKind } from '../model/edges.ts';
import { Text } from '../ui/Text.tsx';
import styles from './Graph.module.css';

/** Only plain values, so that an unchanged edge can be told from a changed one. */
interface LinkData extends Record<string, unknown> {
  readonly kind: LinkKind;
  /** SVG path. */
  readonly path: string;
  readonly label: string;
  readonly labelX: number;
  readonly labelY: number;
  /** 0 to 1: how much of the argument came from there. */
  readonly weight: number;
  readonly lit: boolean;
  readonly dim: boolean;
}

export type LinkEdge = Edge<LinkData, 'link'>;

const CLASSES = {
  control: styles.control,
  cause: styles.cause,
  flow: styles.data,
  path: styles.path,
} as const;

const FLOW_PX_MIN = 2;
const FLOW_PX_MORE = 2;
/** Wide enough to be pointed at. */
const GRIP_PX = 16;

export const GraphEdge: (props: EdgeProps<LinkEdge>) => ReactNode = memo(
  ({ data }: EdgeProps<LinkEdge>): ReactNode => {
    const [hover, setHover] = useState(false);
    if (data === undefined) return null;
    const shown = (hover || data.lit) && data.label !== '';
    const width = data.kind === 'flow' ? FLOW_PX_MIN + FLOW_PX_MORE * data.weight : undefined;
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the inspector says the same in words
      <g
        className={data.dim ? styles.dim : undefined}
        onMouseEnter={() => setHover(true)}
        onMouseLeave={() => setHover(false)}
      >
        <BaseEdge
          path={data.path}
          className={CLASSES[data.kind]}
          data-lit={shown}
          style={{ strokeWidth: width }}
          interactionWidth={data.kind === 'control' ? 0 : GRIP_PX}
        />
        {shown && <Label data={data} />}
      </g>
    );
  },
);

function Label({ data }: { readonly data: LinkData }): ReactNode {
  const place = `translate(${data.labelX}px, ${data.labelY}px) translate(-100%, -100%)`;
  return (
    <EdgeLabelRenderer>
      <span className={styles.label} style={{ transform: place }}>
        <Text value={data.label} charsMax={120} />
      </span>
    </EdgeLabelRenderer>
  );
}
