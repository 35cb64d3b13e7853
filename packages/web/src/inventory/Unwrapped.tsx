import type { ClientsView, ConfiguredServer } from '@spoor/core';
import type { ReactNode } from 'react';
import { Command } from '../ui/Controls.tsx';
import { Badge, type Tone } from '../ui/Marks.tsx';
import { Text } from '../ui/Text.tsx';
import styles from './Inventory.module.css';

/** Servers that clients use without Spoor, and files in which there may be more. */
export function Unwrapped({ clients }: { readonly clients: ClientsView | undefined }): ReactNode {
  const servers =
    clients?.servers.filter(({ state }) => state !== 'wrapped' && state !== 'off') ?? [];
  const unreadable = clients?.unreadable ?? [];
  if (servers.length === 0 && unreadable.length === 0) return null;
  const canWrap = servers.some(({ state }) => state === 'bare');
  return (
    <section className={styles.unwrapped} aria-label="Not wrapped">
      <h2>Without Spoor {canWrap && <Command text="spoor init" />}</h2>
      <ul>
        {servers.map((server) => (
          <li key={JSON.stringify([server.file, server.within, server.name])}>
            <Badge tone={STATES[server.state].tone}>{STATES[server.state].word}</Badge>{' '}
            <Text value={server.name} charsMax={80} />{' '}
            <span className={styles.count}>
              <Text value={whereWords(server)} charsMax={240} />
            </span>
          </li>
        ))}
        {unreadable.map(({ client, file, why }) => (
          <li key={file}>
            <Badge tone="block">Not readable</Badge> {client}{' '}
            <span className={styles.count}>
              <Text value={`${file}:${why}`} charsMax={240} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const whereWords = ({ client, file, within }: ConfiguredServer): string =>
  within === undefined ? `${client}, ${file}` : `${client}, ${file}, for ${within}`;

const STATES: Readonly<
  Record<ConfiguredServer['state'], { readonly word: string; readonly tone: Tone }>
> = {
  bare: { word: 'Not wrapped', tone: 'would' },
  remote: { word: 'Remote', tone: 'quiet' },
  off: { word: 'Switched off', tone: 'quiet' },
  unknown: { word: 'Not understood', tone: 'quiet' },
  wrapped: { word: 'Wrapped', tone: 'quiet' },
};
