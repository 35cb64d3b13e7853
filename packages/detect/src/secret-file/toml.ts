import { CodedError } from '@spoor/core';
import { getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';

/** What is wrong with a file of secret rules, or not taken from it, and where. */
export interface SecretFileNote {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

type Table = Readonly<Record<string, unknown>>;

/** A TOML file with the lines of its tables, which the parser does not keep. */
export class TomlFile {
  readonly root: Table;
  readonly #path: string;
  readonly #lines: readonly string[];

  /** Throws SECRETS_INVALID with path, line and column. */
  constructor(text: string, path: string) {
    this.#path = path;
    this.#lines = text.split('\n');
    try {
      this.root = getStaticTOMLValue(parseTOML(text)) as Table;
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      const { lineNumber, column, message } = error;
      throw new CodedError('SECRETS_INVALID', `${path}:${lineNumber}:${column + 1} ${message}`);
    }
  }

  /** The `[[name]]` of this number, and a key within it where one is meant. */
  lineOf(name: string, index: number, key?: string): number {
    let count = -1;
    const head = new RegExp(`^\\s*\\[\\[?\\s*${name}\\s*\\]\\]?`);
    for (const [at, line] of this.#lines.entries()) {
      if (!head.test(line) || ++count < index) continue;
      return key === undefined ? at + 1 : this.#keyFrom(at + 1, key) + 1;
    }
    return 1;
  }

  note(line: number, message: string): SecretFileNote {
    return { path: this.#path, line, message };
  }

  fault(line: number, message: string): CodedError {
    return new CodedError('SECRETS_INVALID', `${this.#path}:${line} ${message}`);
  }

  #keyFrom(from: number, key: string): number {
    for (let at = from; at < this.#lines.length; at++) {
      const line = this.#lines[at] ?? '';
      if (/^\s*\[\[?\s*rules\s*\]\]?/.test(line)) break;
      if (new RegExp(`^\\s*["']?${key}["']?\\s*=`).test(line)) return at;
    }
    return from - 1;
  }
}
