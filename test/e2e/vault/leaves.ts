import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Leaf } from '@spoor/ledger';
import { readLog } from '@spoor/ledger/folder';
import { openContent } from '@spoor/ledger/open';
import { readLeaves } from '@spoor/ledger/verify';
import { until, type World } from '../support.ts';

/** An entry with what an auditor reads in it. */
export interface OpenedLeaf {
  readonly index: number;
  readonly text: string;
  readonly leaf: Leaf;
  /** Plaintext of each sealed part; a failure's code in its place. */
  readonly content: Readonly<Record<string, string>>;
}

export const AUDITOR = 'spoor-auditor.age-identity';

export function makeKeys(world: World): void {
  const { code, stderr } = world.call('keys', 'init', '--no-passphrase', '--out', world.folder);
  if (code !== 0) throw new Error(stderr);
}

/** Waits until so many entries of that kind are published. */
export async function published(world: World, kind: string, count: number): Promise<void> {
  const dir = join(world.state, 'ledger');
  const found = async (): Promise<number> => {
    let sum = 0;
    for await (const { leaf } of readLeaves(readLog(dir)))
      if ((JSON.parse(leaf) as Leaf).kind === kind) sum++;
    return sum;
  };
  // A log may be between two checkpoints when it is looked at.
  await until(
    () => found().catch(() => 0),
    (sum) => sum >= count,
  );
}

/** All published entries, each opened with the auditor's identity. */
export async function openLeaves(world: World): Promise<OpenedLeaf[]> {
  const dir = join(world.state, 'ledger');
  const identity = readFileSync(join(world.folder, AUDITOR), 'utf8');
  const opened: OpenedLeaf[] = [];
  for await (const { index, leaf: text } of readLeaves(readLog(dir))) {
    const leaf = JSON.parse(text) as Leaf;
    const result = await openContent({ dir, leaf, identity });
    const parts = result.parts.map(({ part, plaintext }) => [
      part,
      Buffer.from(plaintext).toString('utf8'),
    ]);
    const failed =
      result.status === 'failed' && leaf.content !== undefined ? { failed: result.code } : {};
    opened.push({ index, text, leaf, content: { ...Object.fromEntries(parts), ...failed } });
  }
  return opened;
}
