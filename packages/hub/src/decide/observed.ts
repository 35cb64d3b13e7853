import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { type ContentClass, isObject, LIMITS } from '@spoor/core';
import { type ObservedClass, observedLabels } from '@spoor/detect';

type Tools = Map<string, readonly ObservedClass[]>;

/**
 * Classes of content that tools' results were seen to carry, each with the call that showed it
 * first. Kept in one file, so that a label that was earned outlasts a restart.
 */
export class Observed {
  readonly #path: string | undefined;
  readonly #tools: Tools;
  #written: Promise<void> = Promise.resolve();
  readonly counts: Record<string, number> = { observedDropped: 0, observedNotKept: 0 };

  /** @param path none keeps nothing */
  constructor(path?: string) {
    this.#path = path;
    this.#tools = new Map();
    if (path === undefined) return;
    const known = read(path);
    if (known === undefined) this.counts.observedNotKept = 1;
    for (const [key, classes] of known ?? []) this.#tools.set(key, classes);
  }

  of(server: string, tool: string): readonly ObservedClass[] {
    return this.#tools.get(keyOf(server, tool)) ?? [];
  }

  /** True where it earns the tool a label that it had not. Only such classes are kept. */
  add(
    server: string,
    tool: string,
    classes: readonly ContentClass[],
    seen: { readonly call: string; readonly atMs: number },
  ): boolean {
    const known = this.of(server, tool);
    const had = observedLabels(known.map((one) => one.class));
    const news = classes.filter((one) =>
      observedLabels([one]).some((label) => !had.includes(label)),
    );
    const [first] = news;
    if (first === undefined) return false;
    const key = keyOf(server, tool);
    if (!this.#tools.has(key) && this.#tools.size >= LIMITS.observedToolsMax) {
      this.counts.observedDropped = (this.counts.observedDropped ?? 0) + 1;
      return false;
    }
    const added = news.map((one): ObservedClass => ({ class: one, ...seen }));
    this.#tools.set(key, [...known, ...added]);
    this.#keep();
    return true;
  }

  /** Resolves when all is on disk, or counted as not kept. */
  settled(): Promise<void> {
    return this.#written;
  }

  /** News are rare: a tool earns a label once. */
  #keep(): void {
    const path = this.#path;
    if (path === undefined) return;
    this.#written = this.#written.then(async () => {
      try {
        const text = `${JSON.stringify(Object.fromEntries(this.#tools))}\n`;
        await writeFile(`${path}.next`, text, { mode: 0o600, flush: true });
        await rename(`${path}.next`, path);
      } catch {
        this.counts.observedNotKept = (this.counts.observedNotKept ?? 0) + 1;
      }
    });
  }
}

/** Undefined where there is a file that cannot be read. */
function read(path: string): readonly (readonly [string, readonly ObservedClass[]])[] | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isObject(value)) return undefined;
    return Object.entries(value).map(
      ([key, classes]) => [key, classes as ObservedClass[]] as const,
    );
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : undefined;
  }
}

/** Plain names have no newline. */
const keyOf = (server: string, tool: string): string => `${server}\n${tool}`;
