import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useAlerts, useAsks, useHub } from '../api/queries.ts';
import { keyHint } from '../keys.ts';
import { isOpen } from '../model/kinds.ts';
import styles from './Shell.module.css';
import { SCREENS, screenOf } from './screens.ts';

export function Rail(): ReactNode {
  const [location] = useLocation();
  const alerts = useAlerts();
  const open = alerts.data?.rows.filter(isOpen).length ?? 0;
  const waiting = useAsks().data?.rows.length ?? 0;
  const counts: Readonly<Record<string, readonly [count: number, title: string]>> = {
    '/alerts': [open, `${open} open`],
    '/asks': [waiting, `${waiting} waiting`],
  };
  const here = screenOf(location);
  return (
    <nav className={styles.rail} aria-label="Screens">
      <div className={styles.brand}>
        <img src="/favicon.svg" alt="" />
        <span>Spoor</span>
      </div>
      {SCREENS.map((screen) => (
        <Link
          key={screen.path}
          href={screen.path}
          className={styles.item}
          aria-current={screen === here ? 'page' : undefined}
          title={`${screen.title}${keyHint(screen.action)}`}
        >
          <screen.icon size={16} strokeWidth={1.75} aria-hidden="true" />
          <span>{screen.title}</span>
          <Count of={counts[screen.path]} />
        </Link>
      ))}
      <Foot />
    </nav>
  );
}

function Count({
  of,
}: {
  readonly of: readonly [count: number, title: string] | undefined;
}): ReactNode {
  const [count, title] = of ?? [0, ''];
  if (count === 0) return null;
  return (
    <span className={styles.count} title={title}>
      {count}
    </span>
  );
}

/** What the evidence of this install is worth, always in sight. */
function Foot(): ReactNode {
  const { data: hub } = useHub();
  if (hub === undefined) return null;
  return (
    <p className={styles.foot}>
      {hub.sealing ? 'Content sealed to the auditor' : 'No auditor key: facts only'}
      <br />
      {hub.evidence === 'same-user'
        ? 'Evidence: same user, see SECURITY.md'
        : 'Evidence: system install'}
      <br />
      Spoor {hub.version}
    </p>
  );
}
