import type { CallEntry } from '@spoor/core';
import { type ReactNode, useState } from 'react';
import { useLedger } from '../api/queries.ts';
import { type EntryResult, verifyEntry } from '../audit/entry.ts';
import { entryCommand } from '../audit/words.ts';
import { prettyProjection } from '../model/projection.ts';
import { countText } from '../model/words.ts';
import { Button, Command } from '../ui/Controls.tsx';
import { FactList, Section } from '../ui/Facts.tsx';
import { Text } from '../ui/Text.tsx';
import styles from './Inspector.module.css';

const LIFE = ['sequenced', 'integrated', 'published', 'witnessed'] as const;
const LEAF_CHARS = 8_192;

export function LedgerPart({ entries }: { readonly entries: readonly CallEntry[] }): ReactNode {
  return (
    <Section title="Ledger">
      {entries.length === 0 && (
        <p>No entry to show: it is written when the call is admitted, and may be pruned later.</p>
      )}
      {entries.map((entry) => (
        <Entry key={entry.index} entry={entry} />
      ))}
    </Section>
  );
}

function Entry({ entry }: { readonly entry: CallEntry }): ReactNode {
  return (
    <div className={styles.entry}>
      <FactList
        facts={[
          ['Entry', `${entry.index.toLocaleString('en')}, ${entry.kind}`],
          [
            'Leaf hash',
            <span key="hash" className={styles.mono}>
              {entry.leafHash}
            </span>,
          ],
        ]}
      />
      <LifeLine state={entry.state} />
      <Verify entry={entry} />
      <details className={styles.proof}>
        <summary>The entry as it was hashed</summary>
        <pre className={styles.projection}>
          <Text value={prettyProjection(entry.leaf)} charsMax={LEAF_CHARS} />
        </pre>
      </details>
    </div>
  );
}

function LifeLine({ state }: { readonly state: CallEntry['state'] }): ReactNode {
  const at = LIFE.indexOf(state);
  return (
    <ol className={styles.life} aria-label={`Life of the entry: ${state}`}>
      {LIFE.map((name, index) => (
        <li key={name} data-done={index <= at} data-passed={index < at}>
          {name}
        </li>
      ))}
    </ol>
  );
}

type Shown = EntryResult | { readonly status: 'failed'; readonly why: string };

function Verify({ entry }: { readonly entry: CallEntry }): ReactNode {
  const [result, setResult] = useState<Shown>();
  const [busy, setBusy] = useState(false);
  const { data: ledger } = useLedger();
  const run = async (): Promise<void> => {
    setBusy(true);
    const why = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
    const shown = await verifyEntry(entry.index, entry.leaf, entry.leafHash).catch(
      (error: unknown): Shown => ({ status: 'failed', why: why(error) }),
    );
    setResult(shown);
    setBusy(false);
  };
  return (
    <div className={styles.verify}>
      <Button onClick={() => void run()} disabled={busy}>
        {busy ? 'Verifying…' : 'Verify'}
      </Button>
      {result !== undefined && <Result result={result} />}
      {result !== undefined && ledger !== undefined && (
        <Command text={entryCommand(ledger.path, entry.index)} />
      )}
    </div>
  );
}

function Result({ result }: { readonly result: Shown }): ReactNode {
  if (result.status === 'failed') {
    return (
      <p data-tone="warn" role="status">
        Could not look: {result.why}. This says nothing about the entry.
      </p>
    );
  }
  if (result.status === 'broken') {
    return (
      <p data-tone="bad" role="status">
        Broken: {result.why}.
      </p>
    );
  }
  if (result.status === 'pending') {
    return (
      <p data-tone="warn" role="status">
        Not published yet: the newest checkpoint covers {countText(result.size, 'entry', 'entries')}
        . Try again in a moment.
      </p>
    );
  }
  return (
    <>
      <p data-tone="ok" role="status">
        Included: these bytes are in the log of {countText(result.size, 'entry', 'entries')} that
        the checkpoint signs. Recomputed in this browser.
      </p>
      <details className={styles.proof}>
        <summary>Proof, {countText(result.proof.length, 'hash', 'hashes')}</summary>
        <ol>
          {result.proof.map((hash) => (
            <li key={hash} className={styles.mono}>
              {hash}
            </li>
          ))}
        </ol>
      </details>
    </>
  );
}
