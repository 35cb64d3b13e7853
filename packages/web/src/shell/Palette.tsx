import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { findPlace } from '../api/jump.ts';
import { useKeys } from '../ui/useKeys.ts';
import styles from './Dialog.module.css';
import { closeDialog, openDialog, PALETTE } from './dialogs.ts';
import { SCREENS } from './screens.ts';

interface Option {
  readonly title: string;
  readonly detail: string;
  readonly run: () => Promise<string>;
}

export function Palette(): ReactNode {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [problem, setProblem] = useState('');
  const [, navigate] = useLocation();
  const options = useOptions(text);
  useKeys({ palette: () => openDialog(PALETTE) });
  const type = (value: string): void => {
    setText(value);
    setAt(0);
    setProblem('');
  };
  const run = async (option: Option | undefined): Promise<void> => {
    if (option === undefined) return;
    try {
      navigate(await option.run());
      closeDialog(PALETTE);
      type('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work');
    }
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    if (step === 0 && event.key !== 'Enter') return;
    event.preventDefault();
    if (step === 0) void run(options[at]);
    else setAt((at + step + options.length) % Math.max(1, options.length));
  };
  return (
    <dialog id={PALETTE} className={`${styles.dialog} ${styles.palette}`} aria-label="Command">
      <input
        value={text}
        onChange={(event) => type(event.target.value)}
        onKeyDown={press}
        placeholder="Go to a screen, a session, a call, an alert or a case by its id"
        aria-label="Command or id"
        spellCheck={false}
        autoComplete="off"
      />
      <div className={styles.options}>
        {options.map((option, index) => (
          <button
            key={option.title + option.detail}
            type="button"
            className={styles.option}
            aria-current={index === at}
            onClick={() => void run(option)}
          >
            {option.title}
            <small>{option.detail}</small>
          </button>
        ))}
      </div>
      {problem !== '' && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </dialog>
  );
}

function useOptions(text: string): readonly Option[] {
  const client = useQueryClient();
  const word = text.trim().toLowerCase();
  const screens = SCREENS.filter((screen) => screen.title.toLowerCase().includes(word)).map(
    (screen) => ({ title: screen.title, detail: 'Screen', run: async () => screen.path }),
  );
  if (word.length < 4 || screens.length > 0) return screens;
  return [{ title: 'Jump to', detail: word, run: () => findPlace(client, word) }];
}
