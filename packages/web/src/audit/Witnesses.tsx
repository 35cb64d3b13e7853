import { LIMITS, type WitnessView } from '@spoor/core';
import { type CSSProperties, type FormEvent, type ReactNode, useState } from 'react';
import { Button } from '../ui/Controls.tsx';
import styles from './Audit.module.css';
import type { FoundWitness, Looked } from './cosigned.ts';
import { refusedKey } from './known.ts';
import { foundText, lookedText, oneWitnessText, witnessText } from './witnesses.ts';

const TONES = { ok: 'var(--ok)', warn: 'var(--warn)', bad: 'var(--bad)' } as const;

export interface WitnessesProps {
  readonly view: WitnessView;
  /** Undefined before a verification. */
  readonly looked: Looked | undefined;
  /** Keys that a person gave this browser. */
  readonly known: readonly string[];
  readonly onKnown: (keys: readonly string[]) => void;
  /** The keys are others than those that were verified with. */
  readonly isOutdated: boolean;
}

/** Who vouches for the length of the log: what this page found, and what the hub tells. */
export function Witnesses({ view, looked, known, onKnown, isOutdated }: WitnessesProps): ReactNode {
  return (
    <section className={styles.section}>
      <h3>Witnesses</h3>
      <p>{lookedText(looked)}</p>
      {isOutdated && <p>Keys were added or forgotten since: verify again.</p>}
      {looked?.kind === 'looked' && (
        <ul className={styles.found} aria-label="What this page found">
          {looked.witnesses.map((witness) => (
            <Found key={witness.key} witness={witness} />
          ))}
        </ul>
      )}
      <p>The hub says: {witnessText(view)}</p>
      {view.witnesses.map((witness) => (
        <p key={witness.name}>{oneWitnessText(witness)}</p>
      ))}
      <KnownWitnesses known={known} onKnown={onKnown} />
    </section>
  );
}

function Found({ witness }: { readonly witness: FoundWitness }): ReactNode {
  const { tone, text } = foundText(witness);
  return (
    <li style={{ '--tone': TONES[tone] } as CSSProperties}>
      <strong>{witness.name}</strong> (
      {witness.from === 'you' ? 'key from you' : 'key from the hub'}
      ): <span className={styles.finding}>{text}</span>
    </li>
  );
}

function KnownWitnesses({ known, onKnown }: Pick<WitnessesProps, 'known' | 'onKnown'>): ReactNode {
  const [text, setText] = useState('');
  const [refused, setRefused] = useState<string>();
  const add = async (): Promise<void> => {
    const key = text.trim();
    const why = await refusedKey(key, known);
    setRefused(why);
    if (why !== undefined) return;
    onKnown([...known, key]);
    setText('');
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void add();
  };
  return (
    <form className={styles.known} onSubmit={submit}>
      <label htmlFor="witness-key">
        Key of a witness that you know from elsewhere: who vouches is then judged by it, and not by
        what the hub tells. It stays in this browser.
      </label>
      <div className={styles.adding}>
        <input
          id="witness-key"
          value={text}
          onChange={(event) => setText(event.target.value)}
          maxLength={LIMITS.witnessKeyCharsMax}
          placeholder="witness.example/w1+1a2b3c4d+BA…"
          aria-invalid={refused !== undefined}
          aria-describedby="witness-refused"
          spellCheck={false}
          autoComplete="off"
        />
        <Button onClick={() => void add()} disabled={text.trim() === ''}>
          Add
        </Button>
      </div>
      <p id="witness-refused" className={styles.refused} role="alert">
        {refused}
      </p>
      {known.map((key) => (
        <div key={key} className={styles.adding}>
          <code title={key}>{key}</code>
          <Button
            onClick={() => onKnown(known.filter((one) => one !== key))}
            title={`Forget ${key}`}
          >
            Forget
          </Button>
        </div>
      ))}
    </form>
  );
}
