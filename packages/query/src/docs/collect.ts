import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CodedError, LIMITS } from '@spoor/core';

export interface CollectedDoc {
  /** Below the root, with slashes; never a path of the file system. */
  readonly path: string;
  readonly text: string;
}

export interface Collected {
  readonly name: string;
  readonly docs: readonly CollectedDoc[];
  /** Files that are too large, too many, too deep or unreadable. */
  readonly leftOut: number;
}

/**
 * The Markdown below a folder. Links are not followed, whether to files or folders: what lies
 * outside of the folder is not the owner's to show. Throws QUERY_CONFIG where there is no folder.
 */
export async function collect(folder: string): Promise<Collected> {
  const root = await realpath(folder).catch((error: unknown) => {
    throw new CodedError('QUERY_CONFIG', `docs ${folder}`, error);
  });
  const walk = new Walk();
  await walk.folder(root, '', 0);
  return { name: labelOf(root), docs: walk.docs, leftOut: walk.leftOut };
}

/** The folder's own name, as far as an address can hold it. */
const labelOf = (root: string): string =>
  basename(root)
    .replace(/[^\w.-]+/g, '-')
    .slice(0, 64) || 'docs';

const IS_SKIPPED = /^(?:\.|node_modules$)/;
/** What an address of a document can hold without an encoding. */
const IS_NAME = /^[\w. ()+,@-]{1,200}$/;

class Walk {
  readonly docs: CollectedDoc[] = [];
  leftOut = 0;
  #bytes = 0;

  async folder(path: string, below: string, depth: number): Promise<void> {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined || depth > LIMITS.docDepthMax) {
      this.leftOut += 1;
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const { name } = entry;
      if (IS_SKIPPED.test(name) || !IS_NAME.test(name)) continue;
      const at = below === '' ? name : `${below}/${name}`;
      if (entry.isDirectory()) await this.folder(join(path, name), at, depth + 1);
      else if (entry.isFile() && /\.(?:md|mdx|markdown)$/i.test(name))
        await this.#file(join(path, name), at);
    }
  }

  async #file(file: string, path: string): Promise<void> {
    const left = Math.min(LIMITS.docFileBytesMax, LIMITS.docBytesMax - this.#bytes);
    const text = this.docs.length < LIMITS.docFilesMax ? await read(file, left) : undefined;
    if (text === undefined) this.leftOut += 1;
    else {
      this.#bytes += Buffer.byteLength(text);
      this.docs.push({ path, text });
    }
  }
}

/** Undefined for what is larger, no file, or has become a link since it was listed. */
async function read(file: string, bytesMax: number): Promise<string | undefined> {
  // A folder on the way may have become a link meanwhile.
  if ((await realpath(file).catch(() => '')) !== file) return undefined;
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
    () => undefined,
  );
  if (handle === undefined) return undefined;
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > bytesMax) return undefined;
    const buffer = Buffer.alloc(stat.size);
    const { bytesRead } = await handle.read(buffer, 0, stat.size, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
