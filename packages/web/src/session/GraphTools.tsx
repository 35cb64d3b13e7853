import { useReactFlow } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../ui/Controls.tsx';
import { useKeys } from '../ui/useKeys.ts';
import styles from './Graph.module.css';
import type { Follow } from './useFollow.ts';

export function GraphTools({ follow }: { readonly follow: Follow }): ReactNode {
  const flow = useReactFlow();
  useKeys({ follow: follow.toggle });
  const words = follow.news > 0 ? `${follow.news} new ›` : 'Follow';
  return (
    <div className={styles.tools}>
      <Button title="Follow new calls" action="follow" pressed={follow.on} onClick={follow.toggle}>
        {words}
      </Button>
      <Button look="normal" title="Whole session" onClick={follow.fit}>
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
