import type { ReactNode } from 'react';
import { Text } from '../ui/Text.tsx';
import styles from './Rules.module.css';

const LINE_CHARS = 2_000;

/** A rule file as it is, with line numbers; keys and comments are told apart, nothing more. */
export function Source({ text }: { readonly text: string }): ReactNode {
  return (
    <pre className={styles.source}>
      {text
        .trimEnd()
        .split('\n')
        .map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
          <Line key={index} line={line} />
        ))}
    </pre>
  );
}

function Line({ line }: { readonly line: string }): ReactNode {
  if (/^\s*#/.test(line)) {
    return (
      <code className={styles.comment}>
        <Text value={line} charsMax={LINE_CHARS} />
      </code>
    );
  }
  const [, key = '', rest = line] = /^(\s*(?:- )?[\w.|-]+:)((?:\s.*)?)$/.exec(line) ?? [];
  return (
    <code>
      {key !== '' && (
        <span className={styles.key}>
          <Text value={key} charsMax={LINE_CHARS} />
        </span>
      )}
      <Text value={rest} charsMax={LINE_CHARS} />
    </code>
  );
}
