import type { RuleProblemView } from '@spoor/core';
import type { ReactNode } from 'react';
import { countText } from '../model/words.ts';
import { Text } from '../ui/Text.tsx';
import styles from './Rules.module.css';

export interface ProblemsProps {
  readonly problems: readonly RuleProblemView[];
  readonly loaded: number;
}

/** A rule that did not load detects nothing; that must not be overlooked. */
export function Problems({ problems, loaded }: ProblemsProps): ReactNode {
  if (problems.length === 0) return null;
  return (
    <section className={styles.problems} role="alert">
      <h2>{countText(problems.length, 'problem')} in rule files</h2>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.path}:${problem.line}:${problem.column}:${problem.code}`}>
            <code>
              <Text value={`${problem.path}:${problem.line}:${problem.column}`} />
            </code>
            <span>
              <Text value={problem.message} /> <code>{problem.code}</code>
            </span>
          </li>
        ))}
      </ul>
      <p>These rules are not in force. The other {loaded} are.</p>
    </section>
  );
}
