/** What disks and people do to files behind the writer's back. */
import type { Chance } from './chance.ts';
import type { SimulatedDisk } from './disk.ts';

export interface Damage {
  readonly kind: 'flipped' | 'misdirected' | 'restored' | 'unreadable' | 'lost';
  readonly path: string;
  /** Does a verifier find it, although a start does not read it? */
  readonly visible: boolean;
}

/** Undefined where there is nothing yet to damage. */
export function damage(
  disk: SimulatedDisk,
  chance: Chance,
  copies: readonly SimulatedDisk[],
): Damage | undefined {
  const paths = disk.paths().filter((path) => (disk.peek(path)?.length ?? 0) > 0);
  if (paths.length === 0) return undefined;
  const path = chance.pick(paths);
  const bytes = Buffer.from(disk.peek(path) ?? []);
  const used = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const kind = chance.pick(['flipped', 'misdirected', 'restored', 'unreadable', 'lost'] as const);
  if (kind === 'flipped') {
    if (used === 0) return undefined;
    const at = chance.below(used);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
    disk.overwrite(path, bytes);
  } else if (kind === 'misdirected') {
    const other = disk.peek(chance.pick(paths)) ?? Buffer.alloc(0);
    // Zeros over the last group look like a write that never came: no disk can tell by itself.
    if (other.subarray(0, 512).every((byte) => byte === 0)) return undefined;
    const at = 512 * chance.below(Math.ceil(used / 512));
    bytes.set(other.subarray(0, Math.min(512, bytes.length - at)), at);
    disk.overwrite(path, bytes);
  } else if (kind === 'lost') {
    disk.overwrite(path, undefined);
  } else if (kind === 'restored') {
    return restore(disk, chance, copies);
  }
  return { kind, path, visible: path.startsWith('/log/') };
}

/** The log, or the writer's state, from a copy made earlier; not both. */
function restore(
  disk: SimulatedDisk,
  chance: Chance,
  copies: readonly SimulatedDisk[],
): Damage | undefined {
  if (copies.length === 0) return undefined;
  const folder = chance.pick(['/log/', '/state/']);
  const copy = chance.pick(copies);
  for (const path of disk.paths()) if (path.startsWith(folder)) disk.overwrite(path, undefined);
  for (const path of copy.paths()) {
    const bytes = copy.peek(path);
    if (path.startsWith(folder) && bytes !== undefined) disk.overwrite(path, bytes);
  }
  return { kind: 'restored', path: folder, visible: false };
}
