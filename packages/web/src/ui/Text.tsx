import type { ReactNode } from 'react';
import { reveal, SHOWN_CHARS_MAX } from '../model/reveal.ts';
import styles from './Text.module.css';

export interface TextProps {
  readonly value: string;
  readonly charsMax?: number;
}

/**
 * Shows text that somebody else chose: tool names, intents, projections. Only text nodes, isolated
 * in direction, with every invisible character spelled out. All foreign text goes through here.
 */
export function Text({ value, charsMax = SHOWN_CHARS_MAX }: TextProps): ReactNode {
  return (
    <bdi>
      {reveal(value, charsMax).map((run, index) =>
        run.mark ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: runs have no other identity
          <span key={index} className={styles.mark} title="A character that has no visible form">
            {run.text}
          </span>
        ) : (
          run.text
        ),
      )}
    </bdi>
  );
}
