/**
 * The newest checkpoint that this browser has verified. It makes the browser a small witness: a log
 * that was cut or rewritten since then no longer fits.
 */
export interface Kept {
  readonly verifierKey: string;
  /** The signed note. */
  readonly checkpoint: string;
  readonly size: number;
  readonly atMs: number;
}

const KEY = 'spoor.checkpoint';

export function readKept(storage: Pick<Storage, 'getItem'>): Kept | undefined {
  try {
    const text = storage.getItem(KEY);
    return text === null ? undefined : (JSON.parse(text) as Kept);
  } catch {
    return undefined;
  }
}

export function keep(storage: Pick<Storage, 'setItem'>, kept: Kept): void {
  try {
    storage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // The result stands without it; only the next comparison is lost.
  }
}
