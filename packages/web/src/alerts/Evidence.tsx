import type { Alert, Who } from '@spoor/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { callPath } from '../api/jump.ts';
import { seenText, whatHappened, whatWeDid } from '../model/alertWords.ts';
import { STATUS_WORDS } from '../model/kinds.ts';
import { shortId } from '../model/words.ts';
import { Command } from '../ui/Controls.tsx';
import { Badge, Name, Severity } from '../ui/Marks.tsx';
import { Text } from '../ui/Text.tsx';
import { AlertActions } from './AlertActions.tsx';
import styles from './Alerts.module.css';
import { PathStrip } from './PathStrip.tsx';

/** Answers in the order in which one asks: what, how, why it matters, what to do, what was done. */
export function Evidence({ alert }: { readonly alert: Alert }): ReactNode {
  const { rule } = alert;
  return (
    <article className={styles.evidence} aria-label="Evidence">
      <header className={styles.head}>
        <div className={styles.meta}>
          <Severity level={rule.level} />
          <Badge tone="quiet">{STATUS_WORDS[alert.status]}</Badge>
          {alert.dismissedReason !== undefined && (
            <span>
              because: <Text value={alert.dismissedReason} charsMax={120} />
            </span>
          )}
          {alert.detection.who !== undefined && <By who={alert.detection.who} />}
          <span>{seenText(alert)}</span>
        </div>
        <h2>
          <Text value={alert.title} />
        </h2>
        <AlertActions alert={alert} />
      </header>
      <Part title="What happened">
        <p>
          <Text value={whatHappened(alert)} />
        </p>
      </Part>
      {alert.detection.path.length > 0 ? (
        <Part title="Path">
          <PathStrip alert={alert} />
          <SessionLinks alert={alert} />
        </Part>
      ) : (
        <Part title="Where">
          <div className={styles.tags}>
            {Object.entries(alert.detection.group).map(([field, value]) => (
              <code key={field}>
                <Text value={`${field}: ${value}`} charsMax={240} />
              </code>
            ))}
          </div>
        </Part>
      )}
      <Part title="Why it matters">
        <p>
          <Text value={rule.description} charsMax={2_000} />
        </p>
        <div className={styles.tags}>
          {rule.tags.map((tag) => (
            <code key={tag}>{tag}</code>
          ))}
        </div>
      </Part>
      <Part title="What to do">
        <p>
          <Text value={rule.advice} charsMax={2_000} />
        </p>
        {rule.falsePositives.length > 0 && (
          <p>
            It may be harmless when: <Text value={rule.falsePositives.join('; ')} />.
          </p>
        )}
      </Part>
      <Part title="What Spoor did">
        {whatWeDid(alert).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {alert.case !== undefined && (
          <div className={styles.links}>
            <Command text={`spoor why ${alert.case}`} />
            <Command text={`spoor allow ${alert.case} --once`} />
          </div>
        )}
      </Part>
    </article>
  );
}

/** Who was behind it, and what the level rests on or did not hold of what was brought. */
function By({ who }: { readonly who: Who }): ReactNode {
  return (
    <span>
      <Name who={who} /> {who.evidence.length > 0 && <>by {who.evidence.join(', ')}</>}
    </span>
  );
}

function Part(props: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section className={styles.part}>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}

function SessionLinks({ alert }: { readonly alert: Alert }): ReactNode {
  const session = `/sessions/${encodeURIComponent(alert.session)}`;
  const last = alert.detection.path.at(-1);
  return (
    <div className={styles.links}>
      <Link href={`${session}?alert=${encodeURIComponent(alert.id)}`}>
        Show the path in session {shortId(alert.session)}
      </Link>
      {last !== undefined && <Link href={callPath(alert.session, last.call)}>Last call</Link>}
      <Link href={`/rules/${encodeURIComponent(alert.rule.id)}`}>Rule</Link>
    </div>
  );
}
