import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo, type ReactNode, useState } from 'react';
import { type Link, linkPath } from '../model/edges.ts';
import { Text } from '../ui/Text.tsx';
import styles from './Graph.module.css';

export interface LinkData extends Record<string, unknown> {
  readonly link: Link;
  /** The ends follow each other in their lane. */
  readonly near: boolean;
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
const LABEL_GAP_PX = 5;
const LABEL_PX = 20;

export const GraphEdge: (props: EdgeProps<LinkEdge>) => ReactNode = memo(
  ({ data }: EdgeProps<LinkEdge>): ReactNode => {
    const [hover, setHover] = useState(false);
    if (data === undefined) return null;
    const { link, near, lit, dim } = data;
    const shown = (hover || lit) && link.label !== '';
    const width = link.kind === 'flow' ? FLOW_PX_MIN + FLOW_PX_MORE * link.weight : undefined;
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the inspector says the same in words
      <g
        className={dim ? styles.dim : undefined}
        onMouseEnter={() => setHover(true)}
        onMouseLeave={() => setHover(false)}
      >
        <BaseEdge
          path={linkPath(link, near)}
          className={CLASSES[link.kind]}
          data-lit={shown}
          style={{ strokeWidth: width }}
          interactionWidth={link.kind === 'control' ? 0 : GRIP_PX}
        />
        {shown && <Label link={link} />}
      </g>
    );
  },
);

function Label({ link }: { readonly link: Link }): ReactNode {
  const x = link.to.x;
  const y = link.to.y - LABEL_GAP_PX - link.slot * LABEL_PX;
  return (
    <EdgeLabelRenderer>
      <span
        className={styles.label}
        style={{ transform: `translate(${x}px, ${y}px) translateY(-100%)` }}
      >
        <Text value={link.label} charsMax={120} />
      </span>
    </EdgeLabelRenderer>
  );
}
