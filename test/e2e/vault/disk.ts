import { linkSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Keeps a second name for every file of a folder, so that what a file held when it was removed can
 * still be read: it is what lies in the blocks that the disk was given back.
 */
export class Shadow {
  readonly #folder: string;
  readonly #shadow: string;
  readonly #seen = new Set<number>();
  readonly #timer: NodeJS.Timeout;

  constructor(folder: string, shadow: string) {
    this.#folder = folder;
    this.#shadow = shadow;
    mkdirSync(shadow, { recursive: true });
    this.#timer = setInterval(() => this.look(), 10);
  }

  look(): void {
    for (const path of filesIn(this.#folder)) {
      try {
        const { ino } = statSync(path);
        if (this.#seen.has(ino)) continue;
        linkSync(path, join(this.#shadow, String(ino)));
        this.#seen.add(ino);
      } catch {
        // It was gone before a second name could be made: the next ones are looked at all the same.
      }
    }
  }

  /** Files that are gone, and have a second name still. */
  get removed(): number {
    return filesIn(this.#shadow).filter((path) => statSync(path).nlink === 1).length;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

export function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  } catch {
    return [];
  }
}

/** Which of the secrets stand in which files, as bytes. */
export function scan(folders: readonly string[], secrets: readonly Buffer[]): string[] {
  const found: string[] = [];
  for (const path of folders.flatMap(filesIn)) {
    const bytes = readFileSync(path);
    for (const secret of secrets)
      if (bytes.includes(secret)) found.push(`${path}: ${Buffer.from(secret).toString('latin1')}`);
  }
  return found;
}
