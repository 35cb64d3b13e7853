import type { Label } from '@spoor/core';
import { isMap, isScalar, type YAMLMap } from 'yaml';
import { OwnerFile } from '../owner-file.ts';

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
  readonly #file: OwnerFile;

  constructor(text: string, path: string) {
    this.#file = new OwnerFile(text, path, 'LABELS_INVALID');
  }

  read(): OwnerLabels {
    const root = this.#file.root();
    if (root === undefined) return EMPTY;
    if (!isMap(root)) return this.#file.fail(undefined, 'expected `labels:` with a list');
    for (const { key } of root.items) {
      if (!isScalar(key) || (key.value !== 'labels' && key.value !== 'trusted'))
        this.#file.fail(key, 'the only keys are `labels` and `trusted`');
    }
    return {
      overrides: this.#list(root, 'labels').map((item) => this.#entry(item)),
      trusted: this.#list(root, 'trusted').map((item) => this.#file.glob(item)),
    };
  }

  /** A file of which all is commented out is an empty one. */
  #list(root: YAMLMap, name: string): readonly unknown[] {
    const node = root.get(name, true);
    return isScalar(node) && node.value === null ? [] : this.#file.list(root, name);
  }

  #entry(item: unknown): LabelOverride {
    const entry = this.#file.map(item, KEYS, 'an entry has server, tool, and set, add or remove');
    return {
      server: this.#file.glob(entry.get('server', true)),
      tool: this.#file.glob(entry.get('tool', true)),
      ...(entry.has('set') ? { set: this.#file.labels(entry, 'set') } : {}),
      add: this.#file.labels(entry, 'add'),
      remove: this.#file.labels(entry, 'remove'),
      line: this.#file.line(item),
    };
  }
}
