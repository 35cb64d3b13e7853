import { DAY_MS, type FieldCoverage, type ReplayedRule, type ReplayView } from '@spoor/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { callPath } from '../api/jump.ts';
import { replayRule } from '../api/queries.ts';
import { countText } from '../model/words.ts';
import { Button } from '../ui/Controls.tsx';
import { Text } from '../ui/Text.tsx';
import { Ago } from '../ui/Time.tsx';
import styles from './Rules.module.css';

const DAYS = 7;
const HITS_SHOWN = 10;

type State =
  | { readonly status: 'idle' | 'running' }
  | { readonly status: 'done'; readonly view: ReplayView }
  | { readonly status: 'failed'; readonly why: string };

/** One rule over what the hub has stored; leaving the page breaks it off. */
export function Replay({ rule }: { readonly rule: string }): ReactNode {
  const [state, setState] = useState<State>({ status: 'idle' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = (): void => {
    const stop = new AbortController();
    running.current = stop;
    setState({ status: 'running' });
    const show = (next: State): void => {
      if (running.current === stop) setState(next);
    };
    replayRule(rule, Date.now() - DAYS * DAY_MS, stop.signal).then(
      (view) => show({ status: 'done', view }),
      (error: Error) => show({ status: 'failed', why: error.message }),
    );
  };
  const cancel = (): void => {
    running.current?.abort();
    running.current = undefined;
    setState({ status: 'idle' });
  };
  return (
    <section className={styles.replay} aria-label="Replay">
      {state.status === 'running' ? (
        <Button onClick={cancel}>Cancel the replay</Button>
      ) : (
        <Button onClick={start}>Replay the last {DAYS} days</Button>
      )}
      <div aria-live="polite">
        {state.status === 'running' && <p>Replaying…</p>}
        {state.status === 'failed' && <p>It could not be replayed: {state.why}</p>}
        {state.status === 'done' && <Result view={state.view} rule={rule} />}
      </div>
    </section>
  );
}

/** What there was to look at comes first: without it, no hit says nothing. */
function Result({
  view,
  rule: id,
}: {
  readonly view: ReplayView;
  readonly rule: string;
}): ReactNode {
  const { history, rules } = view;
  const rule = rules.find((one) => one.id === id);
  const seen = countText(history.observations, 'observation');
  return (
    <>
      <p>
        {seen} of {countText(history.sessions, 'session')}
        {history.complete ? '' : '; not all was looked at'}
        {history.shredded > 0 && `; ${history.shredded} were shredded`}
        {history.cutSessions > 0 && `; ${countText(history.cutSessions, 'session')} began before`}
      </p>
      {rule !== undefined && <Found rule={rule} />}
    </>
  );
}

function Found({ rule }: { readonly rule: ReplayedRule }): ReactNode {
  const { coverage, notCovered, hits, hitSessions, funnel, newest } = rule;
  const counted = `${countText(hits, 'hit')} in ${countText(hitSessions, 'session')}`;
  return (
    <>
      <p>
        <strong>{coverage === 'none' ? 'Not covered' : counted}</strong>
      </p>
      {notCovered.length > 0 && <p>Could not be answered: {notCovered.map(words).join(', ')}</p>}
      {funnel.length > 0 && (
        <ol>
          {funnel.map(({ step, sessions }) => (
            <li key={step}>
              <Text value={step} /> <b>{sessions}</b>
            </li>
          ))}
        </ol>
      )}
      <ul>
        {newest.slice(-HITS_SHOWN).map(({ seq, atMs, session, call, path }) => (
          <li key={seq}>
            <Link href={callPath(session, call)}>
              <Ago ms={atMs} /> <Text value={path.join(' → ')} />
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function words({ field, answered, of }: FieldCoverage): string {
  if (of === 0) return `${field} (nothing to ask)`;
  return answered === 0 ? `${field} anywhere` : `${field} in ${of - answered} of ${of}`;
}
