import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const MEGABYTES = '96';

/** A file system of its own, in one file whose every block can be read. */
export class DiskImage {
  readonly #file: string;
  readonly #at: string;
  #mounted = false;

  /** @param at Where it is mounted, for the owner alone. */
  constructor(folder: string, at: string) {
    this.#file = join(folder, 'disk.img');
    this.#at = at;
  }

  /** Undefined where it worked; else why not. */
  mount(): string | undefined {
    mkdirSync(this.#at, { recursive: true, mode: 0o700 });
    const steps = [
      ['truncate', '-s', `${MEGABYTES}M`, this.#file],
      ['mkfs.ext4', '-q', '-F', this.#file],
      ['mount', '-o', 'loop', this.#file, this.#at],
    ];
    for (const [command = '', ...args] of steps) {
      const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
      if (status !== 0) return `SKIPPED: ${command}: ${stderr ?? 'it is not here'}`;
    }
    this.#mounted = true;
    chmodSync(this.#at, 0o700);
    return undefined;
  }

  /** Every block, used or free, as it is on the disk after everything was written to it. */
  blocks(): Buffer {
    spawnSync('sync', ['-f', this.#at]);
    return readFileSync(this.#file);
  }

  unmount(): void {
    if (this.#mounted) spawnSync('umount', [this.#at]);
    this.#mounted = false;
    rmSync(this.#file, { force: true });
  }
}
