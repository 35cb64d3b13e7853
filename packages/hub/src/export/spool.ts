import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An encoded request that waits for its destination. */
interface Waiting {
  readonly file: string;
  readonly items: number;
  readonly bytes: number;
}

interface SpooledRequest {
  readonly file: string;
  readonly body: Uint8Array;
  readonly items: number;
}

const FILE = /^(\d{12})-(\d{1,6})\.(?:otlp|json)$/;

/**
 * Requests that a destination could not take yet, one file each, oldest first. They hold spans, and
 * so no content. Over its limit the oldest go, and are counted.
 */
export class ExportSpool {
  /** Items that were lost to the limit or to the disk. */
  dropped = 0;
  readonly #folder: string;
  readonly #bytesMax: number;
  readonly #waiting: Waiting[] = [];
  #next = 1;
  #bytes = 0;

  private constructor(folder: string, bytesMax: number) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
  }

  /** What an earlier hub left is sent by this one. Rejects where the folder cannot be made. */
  static async open(folder: string, bytesMax: number): Promise<ExportSpool> {
    const spool = new ExportSpool(folder, bytesMax);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const file of (await readdir(folder)).sort()) await spool.#found(file);
    await spool.#trim(0);
    return spool;
  }

  get requests(): number {
    return this.#waiting.length;
  }

  get items(): number {
    return this.#waiting.reduce((sum, { items }) => sum + items, 0);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Never rejects: what the disk refuses is counted as dropped. */
  async put(body: Uint8Array, items: number): Promise<void> {
    if (body.length > this.#bytesMax) {
      this.dropped += items;
      return;
    }
    await this.#trim(body.length);
    const file = `${String(this.#next++).padStart(12, '0')}-${items}.otlp`;
    try {
      // Whole or not at all, however this ends.
      const whole = join(this.#folder, file);
      await writeFile(`${whole}.next`, body, { mode: 0o600 });
      await rename(`${whole}.next`, whole);
      this.#waiting.push({ file, items, bytes: body.length });
      this.#bytes += body.length;
    } catch {
      this.dropped += items;
    }
  }

  /** The oldest request; one that cannot be read any more is counted as dropped. */
  async first(): Promise<SpooledRequest | undefined> {
    for (;;) {
      const [oldest] = this.#waiting;
      if (oldest === undefined) return undefined;
      try {
        const body = await readFile(join(this.#folder, oldest.file));
        return { file: oldest.file, body, items: oldest.items };
      } catch {
        if (await this.remove(oldest.file)) this.dropped += oldest.items;
      }
    }
  }

  /** False where it is gone already: the limit may have taken it while it was sent. */
  async remove(file: string): Promise<boolean> {
    const at = this.#waiting.findIndex((one) => one.file === file);
    const [found] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (found === undefined) return false;
    this.#bytes -= found.bytes;
    await rm(join(this.#folder, file), { force: true }).catch(() => undefined);
    return true;
  }

  async #found(file: string): Promise<void> {
    const [, number, items] = FILE.exec(file) ?? [];
    const path = join(this.#folder, file);
    if (number === undefined || items === undefined) {
      // The beginning of a request whose writing never ended.
      if (file.endsWith('.otlp.next')) await rm(path, { force: true });
      return;
    }
    const { size } = await stat(path);
    this.#next = Number(number) + 1;
    this.#waiting.push({ file, items: Number(items), bytes: size });
    this.#bytes += size;
  }

  async #trim(coming: number): Promise<void> {
    for (let [oldest] = this.#waiting; oldest !== undefined; [oldest] = this.#waiting) {
      if (this.#bytes + coming <= this.#bytesMax) return;
      if (await this.remove(oldest.file)) this.dropped += oldest.items;
    }
  }
}
