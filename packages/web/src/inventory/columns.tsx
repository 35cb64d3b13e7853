import type { ToolView } from '@spoor/core';
import type { ReactNode } from 'react';
import { countText } from '../model/words.ts';
import { Badge, LabelWords, type Tone } from '../ui/Marks.tsx';
import type { Column } from '../ui/Table.tsx';
import { Text } from '../ui/Text.tsx';
import { Ago } from '../ui/Time.tsx';
import styles from './Inventory.module.css';
import type { InventoryRow } from './rows.ts';

export function inventoryColumns(onSelect: (id: string) => void): readonly Column<InventoryRow>[] {
  return [
    { title: 'Server and tool', width: '34%', cell: (row) => name(row, onSelect) },
    { title: 'Labels', cell: labels },
    { title: 'Definition', width: '108px', cell: ({ tool }) => tool && state(tool) },
    {
      title: 'Calls 24 h',
      width: '92px',
      hideBelow: 640,
      number: true,
      cell: ({ tool, server }) =>
        (tool?.calls24h ?? server.tools.reduce((sum, own) => sum + own.calls24h, 0)).toLocaleString(
          'en',
        ),
    },
    {
      title: 'Last seen',
      width: '100px',
      hideBelow: 640,
      number: true,
      cell: ({ tool, server }) => tool === undefined && <Ago ms={server.lastMs} />,
    },
  ];
}

function name({ id, server, tool }: InventoryRow, onSelect: (id: string) => void): ReactNode {
  if (tool === undefined) {
    return (
      <span className={styles.server}>
        <Text value={server.name} charsMax={80} />{' '}
        <span className={styles.count}>
          {server.transport}, {countText(server.tools.length, 'tool')}
        </span>
      </span>
    );
  }
  return (
    <button type="button" className={styles.tool} onClick={() => onSelect(id)}>
      <Text value={tool.name} charsMax={100} />
    </button>
  );
}

function labels({ tool }: InventoryRow): ReactNode {
  if (tool === undefined) return null;
  if (tool.labels.length > 0) return <LabelWords labels={tool.labels} />;
  return <span className={styles.unlabelled}>none found</span>;
}

const CHANGES: Readonly<Record<string, { readonly word: string; readonly tone: Tone }>> = {
  new: { word: 'New', tone: 'quiet' },
  changed: { word: 'Changed', tone: 'block' },
  removed: { word: 'Removed', tone: 'would' },
};

function state({ pin, change }: ToolView): ReactNode {
  if (pin.blocked) return <Badge tone="block">Blocked</Badge>;
  const look = CHANGES[change];
  return look === undefined ? (
    <span className={styles.unlabelled}>as pinned</span>
  ) : (
    <Badge tone={look.tone}>{look.word}</Badge>
  );
}
