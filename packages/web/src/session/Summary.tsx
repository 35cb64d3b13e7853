import type { Observation } from '@spoor/core';
import { type ReactNode, useMemo } from 'react';
import { INTENT_LANE, laneOf } from '../model/layout.ts';
import { Section } from '../ui/Facts.tsx';
import { ServerName } from '../ui/Marks.tsx';
import styles from './Summary.module.css';
import { useOrder } from './useOrder.ts';

/** What the inspector shows while no step is chosen: who took part, and what the signs mean. */
export function Summary({ all }: { readonly all: readonly Observation[] }): ReactNode {
  return (
    <>
      <h2 className="visually-hidden">Session</h2>
      <Section title="Servers">
        <Servers all={all} />
      </Section>
      <Section title="Shapes and lines">
        <Legend />
      </Section>
      <Section title="Inspector">
        <p className={styles.hint}>
          Choose a step to see its facts, where its data came from, and its ledger entries.
        </p>
      </Section>
    </>
  );
}

function Servers({ all }: { readonly all: readonly Observation[] }): ReactNode {
  const order = useOrder(all);
  const servers = useMemo(() => {
    const groups = Map.groupBy(all, laneOf);
    groups.delete(INTENT_LANE);
    return [...groups];
  }, [all]);
  return (
    <table className={styles.servers}>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Steps</th>
          <th scope="col">Denied</th>
        </tr>
      </thead>
      <tbody>
        {servers.map(([name, rows]) => {
          const denied = rows.filter((row) => row.outcome === 'denied').length;
          return (
            <tr key={name}>
              <td>
                <ServerName name={name} color={order.colorOfLane(name)} />
              </td>
              <td>{rows.length}</td>
              <td className={denied > 0 ? styles.denied : undefined}>{denied || '–'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const SIGNS = [
  [`${styles.shape} ${styles.call}`, 'Tool call; the left edge is its server'],
  [`${styles.shape} ${styles.resource}`, 'Resource read'],
  [`${styles.shape} ${styles.prompt}`, 'Prompt'],
  [`${styles.shape} ${styles.server}`, 'The server asks the model or the user'],
  [`${styles.shape} ${styles.list}`, 'Tool list'],
  [`${styles.line} ${styles.flow}`, 'Data of one step was seen in another'],
  [`${styles.line} ${styles.cause}`, 'One step was made within another'],
  [styles.line, 'The order of steps'],
] as const;

function Legend(): ReactNode {
  return (
    <dl className={styles.legend}>
      {SIGNS.map(([look, words]) => (
        <Sign key={words} look={look ?? ''} words={words} />
      ))}
    </dl>
  );
}

function Sign({ look, words }: { readonly look: string; readonly words: string }): ReactNode {
  return (
    <>
      <dt>
        <span className={look} />
      </dt>
      <dd>{words}</dd>
    </>
  );
}
