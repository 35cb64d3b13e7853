import { CodedError, isLabel, LABELS, type Label, nearest } from '@spoor/core';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** One entry of the owner's labels file. Globs know `*` only. */
export interface LabelOverride {
  readonly server: string;
  readonly tool: string;
  readonly set?: readonly Label[];
  readonly add: readonly Label[];
  readonly remove: readonly Label[];
}

const KEYS: readonly string[] = ['server', 'tool', 'set', 'add', 'remove'];

/**
 * Reads the owner's file:
 *
 *     labels:
 *       - server: github
 *         tool: "create_*"
 *         add: [egress]
 *
 * Later entries win. Throws `LABELS_INVALID` with path, line and column.
 */
export function parseLabels(text: string, path: string): readonly LabelOverride[] {
  return new LabelsFile(text, path).read();
}

class LabelsFile {
  readonly #lines = new LineCounter();
  readonly #text: string;
  readonly #path: string;

  constructor(text: string, path: string) {
    this.#text = text;
    this.#path = path;
  }

  read(): readonly LabelOverride[] {
    const document = parseDocument(this.#text, { lineCounter: this.#lines });
    const error = document.errors[0];
    if (error) this.#fail(error.pos[0], error.message.split('\n')[0] ?? '');
    const root = document.contents;
    if (root === null || (isScalar(root) && root.value === null)) return [];
    if (!isMap(root)) return this.#fail(0, 'expected `labels:` with a list');
    for (const { key } of root.items) {
      if (!isScalar(key) || key.value !== 'labels')
        this.#fail(start(key), 'the only key is `labels`');
    }
    const list = root.get('labels', true);
    if (!isSeq(list)) return this.#fail(start(list), '`labels` is a list');
    return list.items.map((item) => this.#entry(item));
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
