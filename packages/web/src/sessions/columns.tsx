import type { SessionView } from '@spoor/core';
import { Link } from 'wouter';
import { plainProjection } from '../model/projection.ts';
import { listText, shortId } from '../model/words.ts';
import { Name, Severity } from '../ui/Marks.tsx';
import type { Column } from '../ui/Table.tsx';
import { Text } from '../ui/Text.tsx';
import { Ago } from '../ui/Time.tsx';
import styles from './Sessions.module.css';

export const SESSION_COLUMNS: readonly Column<SessionView>[] = [
  {
    title: 'Alerts',
    width: '100px',
    cell: ({ worst }) =>
      worst === undefined ? <span className={styles.none}>–</span> : <Severity level={worst} />,
  },
  {
    title: 'Session',
    width: '88px',
    cell: ({ id }) => (
      <Link href={`/sessions/${encodeURIComponent(id)}`} className="mono" title={id}>
        {shortId(id)}
      </Link>
    ),
  },
  {
    title: 'Agent',
    width: '164px',
    cell: (session) => <Name who={session} />,
  },
  {
    title: 'Intent',
    cell: ({ intent }) =>
      intent === undefined ? (
        <span className={styles.none}>not captured</span>
      ) : (
        <span className={styles.intent}>
          <Text value={plainProjection(intent)} charsMax={200} />
        </span>
      ),
  },
  {
    title: 'Servers',
    width: '18%',
    hideBelow: 640,
    cell: ({ servers }) => <Text value={listText(servers)} charsMax={120} />,
  },
  { title: 'Calls', width: '64px', number: true, cell: ({ calls }) => calls.toLocaleString('en') },
  {
    title: 'Denied',
    width: '68px',
    number: true,
    cell: ({ denied }) =>
      denied === 0 ? (
        <span className={styles.none}>–</span>
      ) : (
        <span className={styles.denied}>{denied}</span>
      ),
  },
  { title: 'Last call', width: '104px', number: true, cell: ({ lastMs }) => <Ago ms={lastMs} /> },
];
