import { CodedError, isLabel, LABELS, type Label, nearest } from '@spoor/core';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** One entry of the owner's labels file. Globs know `*` only. */
export interface LabelOverride {
  readonly server: string;
  readonly tool: string;
  readonly set?: readonly Label[];
  readonly add: readonly Label[];
  readonly remove: readonly Label[];
  /** Where it stands in the file. */
  readonly line: number;
}

export interface OwnerLabels {
  readonly overrides: readonly LabelOverride[];
  /** Globs of servers whose annotations are believed. */
  readonly trusted: readonly string[];
}

const KEYS: readonly string[] = ['server', 'tool', 'set', 'add', 'remove'];

/**
 * Reads the owner's file:
 *
 *     labels:
 *       - server: github
 *         tool: "create_*"
 *         add: [egress]
 *     trusted: [github, "internal-*"]
 *
 * Later entries win. Throws `LABELS_INVALID` with path, line and column.
 */
export function parseLabels(text: string, path: string): OwnerLabels {
  return new LabelsFile(text, path).read();
}

const EMPTY: OwnerLabels = { overrides: [], trusted: [] };

class LabelsFile {
  readonly #lines = new LineCounter();
  readonly #text: string;
  readonly #path: string;

  constructor(text: string, path: string) {
    this.#text = text;
    this.#path = path;
  }

  read(): OwnerLabels {
    const document = parseDocument(this.#text, { lineCounter: this.#lines });
    const error = document.errors[0];
    if (error) this.#fail(error.pos[0], error.message.split('\n')[0] ?? '');
    const root = document.contents;
    if (root === null || (isScalar(root) && root.value === null)) return EMPTY;
    if (!isMap(root)) return this.#fail(0, 'expected `labels:` with a list');
    for (const { key } of root.items) {
      if (!isScalar(key) || (key.value !== 'labels' && key.value !== 'trusted'))
        this.#fail(start(key), 'the only keys are `labels` and `trusted`');
    }
    return {
      overrides: this.#list(root.get('labels', true), 'labels').map((item) => this.#entry(item)),
      trusted: this.#list(root.get('trusted', true), 'trusted').map((item) => this.#glob(item)),
    };
  }

  #list(node: unknown, name: string): readonly unknown[] {
    if (node === undefined || (isScalar(node) && node.value === null)) return [];
    if (!isSeq(node)) return this.#fail(start(node), `\`${name}\` is a list`);
    return node.items;
  }

  #entry(item: unknown): LabelOverride {
    if (!isMap(item))
      return this.#fail(start(item), 'an entry has server, tool, and set, add or remove');
    for (const { key } of item.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (KEYS.includes(name)) continue;
      this.#fail(start(key), `unknown key “${name}”; did you mean “${nearest(name, KEYS)}”?`);
    }
    const set = item.has('set') ? this.#labels(item.get('set', true)) : undefined;
    return {
      server: this.#glob(item.get('server', true)),
      tool: this.#glob(item.get('tool', true)),
      ...(set ? { set } : {}),
      add: this.#labels(item.get('add', true)),
      remove: this.#labels(item.get('remove', true)),
      line: this.#lines.linePos(start(item)).line,
    };
  }

  #glob(node: unknown): string {
    if (node === undefined) return '*';
    if (isScalar(node) && typeof node.value === 'string' && node.value !== '') return node.value;
    return this.#fail(start(node), 'a glob is text, such as `create_*`');
  }

  #labels(node: unknown): readonly Label[] {
    if (node === undefined) return [];
    if (!isSeq(node)) return this.#fail(start(node), 'labels are a list');
    return node.items.map((item) => {
      const name = isScalar(item) ? String(item.value) : '';
      if (isLabel(name)) return name;
      return this.#fail(
        start(item),
        `unknown label “${name}”; did you mean “${nearest(name, LABELS)}”?`,
      );
    });
  }

  #fail(offset: number, message: string): never {
    const { line, col } = this.#lines.linePos(offset);
    throw new CodedError('LABELS_INVALID', `${this.#path}:${line}:${col}: ${message}`);
  }
}

const start = (node: unknown): number => (node as Node | undefined)?.range?.[0] ?? 0;
