import { CodedError, type ErrorCode, isLabel, LABELS, type Label, nearest } from '@spoor/core';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';

/** A YAML file that its owner writes by hand: what is wrong in it is said with line and column. */
export class OwnerFile {
  readonly #lines = new LineCounter();
  readonly #text: string;
  readonly #path: string;
  readonly #code: ErrorCode;

  /** @param code of the errors that reading it throws */
  constructor(text: string, path: string, code: ErrorCode) {
    this.#text = text;
    this.#path = path;
    this.#code = code;
  }

  /** What stands in it; undefined where it is empty. */
  root(): Node | undefined {
    const document = parseDocument(this.#text, { lineCounter: this.#lines });
    const error = document.errors[0];
    if (error) this.#failAt(error.pos[0], error.message.split('\n')[0] ?? '');
    const root = document.contents;
    return root === null || (isScalar(root) && root.value === null) ? undefined : root;
  }

  /** @param expected said where it is no map */
  map(
    node: unknown,
    keys: readonly string[],
    expected: string = `expected ${keys.join(', ')}`,
  ): YAMLMap {
    if (!isMap(node)) return this.fail(node, expected);
    for (const { key } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!keys.includes(name))
        this.fail(key, `unknown key “${name}”; did you mean “${nearest(name, keys)}”?`);
    }
    return node;
  }

  /** Items of a list; none where there is no such member. */
  list(map: YAMLMap, name: string): readonly unknown[] {
    const node = map.get(name, true);
    if (node === undefined) return [];
    return isSeq(node) ? node.items : this.fail(node, `\`${name}\` is a list`);
  }

  /** Text of a member that is not empty; undefined where it is not there. */
  text(map: YAMLMap, name: string): string | undefined {
    const node = map.get(name, true);
    if (node === undefined) return undefined;
    if (isScalar(node) && typeof node.value === 'string' && node.value !== '') return node.value;
    return this.fail(node, `\`${name}\` is text`);
  }

  /** One or more texts; undefined where it is not there. */
  texts(map: YAMLMap, name: string): readonly string[] | undefined {
    const node = map.get(name, true);
    if (node === undefined) return undefined;
    const texts = isSeq(node) ? node.items.map((item) => (isScalar(item) ? item.value : null)) : [];
    const good = texts.filter((text) => typeof text === 'string');
    if (good.length > 0 && good.length === texts.length) return good;
    return this.fail(node, `\`${name}\` is a list of texts`);
  }

  /** @param usual where it is not there */
  number(map: YAMLMap, name: string, min: number, max: number, usual: number): number {
    const node = map.get(name, true);
    if (node === undefined) return usual;
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return this.fail(node, `\`${name}\` is a number from ${min} to ${max}`);
  }

  labels(map: YAMLMap, name: string): readonly Label[] {
    return this.list(map, name).map((item) => {
      const label = isScalar(item) ? String(item.value) : '';
      if (isLabel(label)) return label;
      const near = nearest(label, LABELS);
      return this.fail(item, `unknown label “${label}”; did you mean “${near}”?`);
    });
  }

  glob(node: unknown): string {
    if (node === undefined) return '*';
    if (isScalar(node) && typeof node.value === 'string' && node.value !== '') return node.value;
    return this.fail(node, 'a glob is text, such as `create_*`');
  }

  line(node: unknown): number {
    return this.#lines.linePos(start(node)).line;
  }

  fail(node: unknown, message: string): never {
    return this.#failAt(start(node), message);
  }

  #failAt(offset: number, message: string): never {
    const { line, col } = this.#lines.linePos(offset);
    throw new CodedError(this.#code, `${this.#path}:${line}:${col}: ${message}`);
  }
}

const start = (node: unknown): number => (node as Node | undefined)?.range?.[0] ?? 0;
