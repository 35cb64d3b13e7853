import { ReactFlow, ReactFlowProvider } from '@xyflow/react';
import { type CSSProperties, type ReactNode, useEffect, useMemo, useRef } from 'react';
import '@xyflow/react/dist/base.css';
import { SEVERITY } from '../model/kinds.ts';
import { ZOOM } from '../model/viewport.ts';
import { Notice } from '../ui/States.tsx';
import styles from './Graph.module.css';
import { GraphEdge } from './GraphEdge.tsx';
import { GraphLanes } from './GraphLanes.tsx';
import { GraphNode } from './GraphNode.tsx';
import { GraphTools } from './GraphTools.tsx';
import { type GraphParts, graphParts, NODES_MAX, reuse } from './graphParts.ts';
import { useFollow } from './useFollow.ts';
import { useOrder } from './useOrder.ts';
import type { ViewProps } from './view.ts';

const NODE_TYPES = { step: GraphNode };
const EDGE_TYPES = { link: GraphEdge };

/** Lanes are servers, x is the order of steps. Loaded only when somebody looks at it. */
export default function Graph(props: ViewProps): ReactNode {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ all, rows, call, alert, onCall }: ViewProps): ReactNode {
  const order = useOrder(all);
  const drawn = useRef<GraphParts>(undefined);
  const parts = useMemo(
    () => reuse(drawn.current, graphParts({ rows, order, call, alert })),
    [rows, order, call, alert],
  );
  useEffect(() => {
    drawn.current = parts;
  }, [parts]);
  const { layout } = parts;
  const follow = useFollow(layout, call, alert);
  const color = alert === undefined ? 'var(--accent)' : SEVERITY[alert.rule.level].color;
  return (
    <>
      {rows.length > NODES_MAX && (
        <Notice>
          The newest {NODES_MAX} of {rows.length.toLocaleString('en')} steps are drawn; Steps has
          all.
        </Notice>
      )}
      <section
        className={styles.graph}
        style={{ '--path': color } as CSSProperties}
        aria-label="Session graph; the Steps view is the same as a table"
      >
        <ReactFlow
          className={styles.flow}
          nodes={parts.nodes}
          edges={parts.edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onNodeClick={(_, node) => onCall(node.id)}
          onSelectionChange={({ nodes }) => {
            const [node] = nodes;
            if (node !== undefined) onCall(node.id);
          }}
          onPaneClick={() => onCall('')}
          onMoveStart={(event) => {
            if (event !== null) follow.stop();
          }}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          panActivationKeyCode={null}
          panOnScroll
          onlyRenderVisibleElements
          zoomOnDoubleClick={false}
          minZoom={ZOOM.min}
          maxZoom={ZOOM.max}
          proOptions={{ hideAttribution: true }}
        >
          <GraphLanes lanes={layout.lanes} colorOf={order.colorOfLane} />
        </ReactFlow>
        <GraphTools layout={layout} follow={follow} />
      </section>
    </>
  );
}
