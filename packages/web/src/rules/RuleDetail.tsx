import type { RuleView } from '@spoor/core';
import type { ReactNode } from 'react';
import { countText } from '../model/words.ts';
import { Severity } from '../ui/Marks.tsx';
import { Text } from '../ui/Text.tsx';
import { ModeSwitch } from './ModeSwitch.tsx';
import { Replay } from './Replay.tsx';
import styles from './Rules.module.css';
import { Source } from './Source.tsx';

export function RuleDetail({ rule }: { readonly rule: RuleView }): ReactNode {
  return (
    <article className={styles.detail}>
      <header className={styles.head}>
        <div className={styles.meta}>
          <Severity level={rule.level} />
          <code>
            <Text value={rule.builtIn === true ? rule.id : rule.path} />
          </code>
          <span>{countText(rule.matches24h, 'match', 'matches')} in 24 h</span>
        </div>
        <h2>
          <Text value={rule.title} />
        </h2>
        <p>
          <Text value={rule.description} charsMax={2_000} />
        </p>
        {rule.builtIn !== true && <Response rule={rule} />}
      </header>
      {rule.builtIn === true ? (
        <>
          <p>
            Built in: Spoor raises it itself, from what no rule could see, and it decides no call.
          </p>
          <p>
            <Text value={rule.advice} charsMax={2_000} />
          </p>
        </>
      ) : (
        <>
          <Replay key={rule.id} rule={rule.id} />
          <Source text={rule.source} />
        </>
      )}
    </article>
  );
}

function Response({ rule }: { readonly rule: RuleView }): ReactNode {
  return (
    <div className={styles.modeRow}>
      <ModeSwitch
        mode={rule.mode === 'enforce' && rule.asks === true ? 'ask' : rule.mode}
        rule={rule.id}
        canAsk={rule.response === 'deny'}
      />
      <span>{responseWords(rule)}</span>
    </div>
  );
}

function responseWords({ response, mode, asks }: RuleView): string {
  if (mode === 'enforce' && (asks === true || response === 'ask'))
    return 'When it matches, the call waits for a person.';
  if (response === 'alert') return 'When it matches, it alerts and lets the call go on.';
  return mode === 'enforce'
    ? `When it matches, the answer is “${response}”.`
    : `When it matches, “${response}” is shown but the call goes on.`;
}
