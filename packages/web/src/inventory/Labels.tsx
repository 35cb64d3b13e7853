import type { LabelSource, ToolView } from '@spoor/core';
import type { ReactNode } from 'react';
import { LabelWords } from '../ui/Marks.tsx';
import { Text } from '../ui/Text.tsx';
import styles from './Inventory.module.css';

const REASON_CHARS = 240;

/** What a tool can do, and who says so. */
export function Labels({ tool }: { readonly tool: ToolView }): ReactNode {
  const holds = ({ label, rejected }: LabelSource): boolean =>
    rejected === undefined && tool.labels.includes(label);
  const given = tool.sources.filter(holds);
  const others = tool.sources.filter((one) => !holds(one));
  if (tool.labels.length + tool.sources.length === 0) return null;
  return (
    <section className={styles.sources} aria-label="Where its labels come from">
      <LabelWords labels={tool.labels} />
      <ul>
        {given.map((one) => (
          <Source key={JSON.stringify(one)} source={one} />
        ))}
        {others.map((one) => (
          <Source key={JSON.stringify(one)} source={one} not />
        ))}
      </ul>
    </section>
  );
}

function Source({
  source: { label, from, because, rejected = 'a stronger source says otherwise' },
  not = false,
}: {
  readonly source: LabelSource;
  readonly not?: boolean;
}): ReactNode {
  const said = `${FROM[from]}: ${because}${not ? `; but ${rejected}` : ''}`;
  return (
    <li className={not ? styles.unlabelled : undefined}>
      {not ? `Not ${label}` : label} <Text value={said} charsMax={REASON_CHARS * 2} />
    </li>
  );
}

const FROM: Readonly<Record<LabelSource['from'], string>> = {
  owner: 'you',
  annotation: 'annotations',
  definition: 'definition',
  observed: 'seen',
};
