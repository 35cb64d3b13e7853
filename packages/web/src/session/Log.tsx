import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useMemo, useRef } from 'react';
import { pathSteps } from '../model/edges.ts';
import { type LogLine, logLines } from '../model/logLines.ts';
import { Text } from '../ui/Text.tsx';
import { ClockTime } from '../ui/Time.tsx';
import styles from './Log.module.css';
import type { ViewProps } from './view.ts';

const LINE_PX = 24;
const OVERSCAN = 20;

/** Every message as it passed, told by its facts, with marks where content was masked. */
export function Log({ rows, call, alert, onCall }: ViewProps): ReactNode {
  const lines = useMemo(() => logLines(rows), [rows]);
  const path = useMemo(() => pathSteps(alert), [alert]);
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => LINE_PX,
    overscan: OVERSCAN,
    initialRect: { width: 800, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div className={styles.log} ref={scroll}>
      <ol style={{ paddingTop: before, paddingBottom: after }} aria-label="Messages, in order">
        {items.map((item) => {
          const line = lines[item.index];
          if (line === undefined) return null;
          const { id } = line.observation;
          return (
            <li key={line.key}>
              <button
                type="button"
                className={styles.line}
                data-current={id === call}
                data-dim={path.size > 0 && !path.has(id)}
                onClick={() => onCall(id)}
              >
                <Line line={line} />
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Line({ line }: { readonly line: LogLine }): ReactNode {
  const bad = !line.sent && line.observation.outcome !== 'ok';
  return (
    <>
      <span className={styles.time}>
        <ClockTime ms={line.atMs} />
      </span>
      <span className={styles.server}>
        <Text value={line.observation.server.name} charsMax={40} />
      </span>
      <span className={styles.arrow}>{line.sent ? '→' : '←'}</span>
      <span className={bad ? styles.bad : styles.name}>
        <Text value={line.name} charsMax={80} />
      </span>
      {line.redacted !== '' && <span className={styles.redacted}>masked {line.redacted}</span>}
      <span className={styles.facts}>
        <Text value={line.facts} />
      </span>
    </>
  );
}
