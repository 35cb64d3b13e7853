import type { Home } from '@spoor/edge/home';

/** One command of the binary. Loaded only when it is called. */
export interface Command {
  /** How it is called, for the help text. */
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  /** Flags beyond `--help` and `--json`. */
  readonly flags: Readonly<Record<string, Flag>>;
  /** What stands after the flags in the help text: examples, exit codes. */
  readonly more?: string;
  run(context: Context): Promise<number>;
}

export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly help: string;
  readonly placeholder?: string;
  /** May be given several times; the values then arrive with commas between them. */
  readonly multiple?: true;
}

export interface Context {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly words: readonly string[];
  /** What stood after `--`. */
  readonly rest: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: Home;
  readonly out: Output;
}

/** What a person or a pipe reads. */
export interface Output {
  readonly colour: boolean;
  line(text: string): void;
  json(value: unknown): void;
  /** To standard error. */
  note(text: string): void;
}
