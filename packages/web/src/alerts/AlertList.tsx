import type { Alert } from '@spoor/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { isOpen, STATUS_WORDS } from '../model/kinds.ts';
import { Badge, Name, Severity } from '../ui/Marks.tsx';
import { Text } from '../ui/Text.tsx';
import { Ago } from '../ui/Time.tsx';
import styles from './Alerts.module.css';

export interface AlertListProps {
  readonly alerts: readonly Alert[];
  readonly current: string;
  readonly pathOf: (alert: Alert) => string;
}

export function AlertList({ alerts, current, pathOf }: AlertListProps): ReactNode {
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    if (current === '') return;
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <nav className={styles.list} ref={list} aria-label="Alerts">
      {alerts.map((alert) => (
        <Link
          key={alert.id}
          href={pathOf(alert)}
          replace
          className={styles.alert}
          aria-current={alert.id === current}
          data-closed={!isOpen(alert)}
        >
          <span className={styles.row}>
            <Severity level={alert.rule.level} />
            {alert.count > 1 && <span>× {alert.count}</span>}
            {alert.detection.who !== undefined && <Name who={alert.detection.who} charsMax={20} />}
            <Ago ms={alert.lastMs} />
          </span>
          <span className={styles.title}>
            <Text value={alert.title} charsMax={160} />
          </span>
          <span className={styles.row}>
            <span>{alert.rule.id}</span>
            <Status alert={alert} />
          </span>
        </Link>
      ))}
    </nav>
  );
}

function Status({ alert }: { readonly alert: Alert }): ReactNode {
  if (alert.status === 'new' && alert.action === 'deny') return <Badge tone="block">Denied</Badge>;
  return <Badge tone="quiet">{STATUS_WORDS[alert.status]}</Badge>;
}
