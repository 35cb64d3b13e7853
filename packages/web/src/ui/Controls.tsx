import { Check, Copy, Search, X } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { keyHint } from '../keys.ts';
import styles from './Controls.module.css';
import { useKeys } from './useKeys.ts';

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick: () => void;
  readonly look?: 'normal' | 'primary' | 'plain' | 'icon';
  readonly title?: string;
  /** Action in the key table; its key is added to the tooltip. */
  readonly action?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
}

const LOOKS = {
  normal: '',
  primary: styles.primary,
  plain: styles.plain,
  icon: `${styles.plain} ${styles.icon}`,
} as const;

export function Button(props: ButtonProps): ReactNode {
  const { look = 'normal', title = '', action } = props;
  const tooltip = `${title}${action === undefined ? '' : keyHint(action)}`;
  return (
    <button
      type="button"
      className={`${styles.button} ${LOOKS[look]}`}
      onClick={props.onClick}
      title={tooltip.trim() === '' ? undefined : tooltip.trim()}
      aria-label={look === 'icon' ? title : undefined}
      aria-pressed={props.pressed}
      disabled={props.disabled}
    >
      {props.children}
    </button>
  );
}

export interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly word: string }[];
  readonly onChange: (value: Value) => void;
  readonly action?: string;
}

export function Segments<Value extends string>(props: SegmentsProps<Value>): ReactNode {
  const hint = props.action === undefined ? '' : keyHint(props.action);
  return (
    <fieldset className={styles.segments} aria-label={props.label} title={`${props.label}${hint}`}>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          className={styles.segment}
          aria-pressed={option.value === props.value}
          onClick={() => props.onChange(option.value)}
        >
          {option.word}
        </button>
      ))}
    </fieldset>
  );
}

export interface FilterProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder: string;
}

/** The one filter language; Escape leaves the box, and clears it when pressed twice. */
export function Filter({ value, onChange, placeholder }: FilterProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  useKeys({ filter: () => input.current?.focus() });
  return (
    <div className={styles.filter}>
      <Search size={13} aria-hidden="true" />
      <input
        ref={input}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          event.currentTarget.blur();
        }}
        placeholder={placeholder}
        aria-label="Filter"
        spellCheck={false}
        autoComplete="off"
      />
      {value !== '' && (
        <button type="button" onClick={() => onChange('')} aria-label="Clear the filter">
          <X size={13} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

const COPIED_MS = 1_500;

/** A command that a person runs in a terminal, with a button that copies it. */
export function Command({ text }: { readonly text: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <span className={styles.command}>
      <code title={text}>{text}</code>
      <button type="button" onClick={copy} aria-label={copied ? 'Copied' : `Copy ${text}`}>
        {copied ? <Check size={13} /> : <Copy size={13} />}
      </button>
    </span>
  );
}
