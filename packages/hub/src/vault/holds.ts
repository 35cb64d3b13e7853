import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError, type Hold, LIMITS } from '@spoor/core';
import type { Home } from '@spoor/edge';

export const holdsPath = ({ folder }: Pick<Home, 'folder'>): string => join(folder, 'holds.json');

/**
 * Legal holds, in one file that a person can read. It is read anew each time: a hold that was
 * written is kept to, whoever wrote it.
 */
export class Holds {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * @throws CodedError CONFIG_UNREADABLE for a damaged file: nothing may go that could be held
   */
  get all(): readonly Hold[] {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new CodedError('CONFIG_UNREADABLE', this.#path, error);
    }
    const holds = parsed(text);
    if (holds === undefined) throw new CodedError('CONFIG_UNREADABLE', this.#path);
    return holds;
  }

  add(hold: Hold): void {
    const { all } = this;
    if (all.length >= LIMITS.vaultHoldsMax) throw new CodedError('VAULT_TOO_MUCH', 'holds');
    this.#write([...all, hold]);
  }

  /** @throws CodedError VAULT_HOLD_UNKNOWN */
  release(id: string): Hold {
    const { all } = this;
    const found = all.find((hold) => hold.id === id);
    if (found === undefined) throw new CodedError('VAULT_HOLD_UNKNOWN');
    this.#write(all.filter((hold) => hold !== found));
    return found;
  }

  #write(holds: readonly Hold[]): void {
    const next = `${this.#path}.next`;
    writeFileSync(next, `${JSON.stringify(holds, null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(next, this.#path);
  }
}

function parsed(text: string): readonly Hold[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isHold) ? value : undefined;
  } catch {
    return undefined;
  }
}

const KINDS: ReadonlySet<unknown> = new Set(['session', 'person', 'period']);

const isHold = (value: unknown): value is Hold => {
  const { id, target } = (value ?? {}) as Partial<Hold>;
  return typeof id === 'string' && KINDS.has(target?.kind);
};
