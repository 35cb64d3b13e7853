import { useReactFlow, useStore, useViewport } from '@xyflow/react';
import { ChevronRight, Maximize, Minus, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Layout } from '../model/layout.ts';
import { beyondRight, pageRight } from '../model/viewport.ts';
import { Button } from '../ui/Controls.tsx';
import { useKeys } from '../ui/useKeys.ts';
import styles from './Graph.module.css';
import type { Follow } from './useFollow.ts';

export interface GraphToolsProps {
  readonly layout: Layout;
  readonly follow: Follow;
}

export function GraphTools({ layout, follow }: GraphToolsProps): ReactNode {
  const flow = useReactFlow();
  useKeys({ follow: follow.toggle });
  return (
    <div className={styles.tools}>
      <More layout={layout} />
      <Button title="Follow new calls" action="follow" pressed={follow.on} onClick={follow.toggle}>
        {follow.news > 0 ? `${follow.news} new ›` : 'Follow'}
      </Button>
      <Button title="Whole session" onClick={follow.fit}>
        <Maximize size={13} aria-label="Whole session" />
      </Button>
      <Button title="Smaller" onClick={() => void flow.zoomOut()}>
        <Minus size={13} aria-label="Smaller" />
      </Button>
      <Button title="Larger" onClick={() => void flow.zoomIn()}>
        <Plus size={13} aria-label="Larger" />
      </Button>
    </div>
  );
}

/** Says how much lies out of sight, so that a cut picture never looks whole. */
function More({ layout }: { readonly layout: Layout }): ReactNode {
  const flow = useReactFlow();
  const view = useViewport();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const size = { width, height };
  const more = beyondRight(layout, size, view);
  if (more === 0 || width === 0) return null;
  return (
    <Button
      title="Further to the right"
      onClick={() => void flow.setViewport(pageRight(layout, size, view))}
    >
      {more} more
      <ChevronRight size={13} />
    </Button>
  );
}
