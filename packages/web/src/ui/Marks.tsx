import {
  type Decision,
  type IdentityLevel,
  type Label,
  LEVEL_GLYPHS,
  type Level,
  plainName,
  type Who,
} from '@spoor/core';
import type { ReactNode } from 'react';
import { decisionBadge, LEVEL_MEANING, SEVERITY } from '../model/kinds.ts';
import { LabelGlyph } from './LabelGlyph.tsx';
import styles from './Marks.module.css';
import { Text } from './Text.tsx';

export function Severity({
  level,
  word = true,
}: {
  readonly level: Level;
  readonly word?: boolean;
}): ReactNode {
  const look = SEVERITY[level];
  return (
    <span className={styles.severity} style={{ color: look.color }} title={look.word}>
      <span className={styles.shape} aria-hidden={word}>
        {look.shape}
      </span>
      {word && look.word}
    </span>
  );
}

export type Tone = 'block' | 'ask' | 'would' | 'allow' | 'quiet';

export function Badge({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
}): ReactNode {
  return <span className={`${styles.badge} ${styles[tone]}`}>{children}</span>;
}

export function DecisionMark({ decision }: { readonly decision: Decision | undefined }): ReactNode {
  const badge = decisionBadge(decision);
  return badge === undefined ? null : <Badge tone={badge.tone}>{badge.word}</Badge>;
}

export function LabelWords({ labels }: { readonly labels: readonly Label[] }): ReactNode {
  return (
    <span className={styles.labels}>
      {labels.map((label) => (
        <span key={label} className={styles.label}>
          <LabelGlyph label={label} />
          {label}
        </span>
      ))}
    </span>
  );
}

export function LabelGlyphs({ labels }: { readonly labels: readonly Label[] }): ReactNode {
  return (
    <span className={styles.glyphs}>
      {labels.map((label) => (
        <span key={label} title={label}>
          <LabelGlyph label={label} />
        </span>
      ))}
    </span>
  );
}

export function ServerName({
  name,
  color,
}: {
  readonly name: string;
  readonly color: string;
}): ReactNode {
  return (
    <span className={styles.server}>
      <span className={styles.swatch} style={{ background: color }} />
      <Text value={name} charsMax={60} />
    </span>
  );
}

/** How sure Spoor is of a name; always beside the name, so that no name looks surer than it is. */
export function Identity({ level }: { readonly level: IdentityLevel }): ReactNode {
  return (
    <span
      className={styles.identity}
      data-level={level}
      title={`Identity: ${LEVEL_MEANING[level]}`}
    >
      <span aria-hidden="true">{LEVEL_GLYPHS[level]}</span>
      {level}
    </span>
  );
}

/** A name that somebody else chose, and how far it is proved. */
export function Name({
  who,
  charsMax = 40,
}: {
  readonly who: Pick<Who, 'agent' | 'level'>;
  readonly charsMax?: number;
}): ReactNode {
  return (
    <span className={styles.name}>
      <Text value={plainName(who.agent)} charsMax={charsMax} />
      <Identity level={who.level} />
    </span>
  );
}
