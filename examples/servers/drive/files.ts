import { randomUUID } from 'node:crypto';

/** A drive for one demo; the oldest file makes room for the newest. */
const FILES_MAX = 100;

export interface StoredFile {
  readonly name: string;
  readonly content: string;
}

/** Files in the memory of this process, gone when it ends. */
export class Files {
  readonly #files = new Map<string, StoredFile>();

  /** Stores a file under a fresh, unguessable id. */
  add(file: StoredFile): string {
    const id = randomUUID();
    this.#files.set(id, file);
    const oldest = this.#files.keys().next();
    if (this.#files.size > FILES_MAX && oldest.done !== true) this.#files.delete(oldest.value);
    return id;
  }

  list(): readonly { readonly id: string; readonly name: string; readonly chars: number }[] {
    return [...this.#files].map(([id, { name, content }]) => ({
      id,
      name,
      chars: content.length,
    }));
  }
}
