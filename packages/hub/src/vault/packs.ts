import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What the vault holds of one session, in files. */
export interface SessionPacks {
  readonly session: string;
  readonly bytes: number;
  /** When something was last added. */
  readonly newestMs: number;
}

/** Sessions with content that was not shredded, oldest first. */
export async function sessionPacks(ledgerPath: string): Promise<SessionPacks[]> {
  const found: SessionPacks[] = [];
  const vault = join(ledgerPath, 'vault');
  for (const spread of await names(vault)) {
    for (const session of await names(join(vault, spread))) {
      const packs = await packsIn(join(vault, spread, session));
      if (packs.bytes > 0) found.push({ session, ...packs });
    }
  }
  return found.sort((a, b) => a.newestMs - b.newestMs);
}

async function packsIn(folder: string): Promise<Omit<SessionPacks, 'session'>> {
  let bytes = 0;
  let newestMs = 0;
  for (const name of await names(folder)) {
    const info = await stat(join(folder, name));
    bytes += info.size;
    if (name.endsWith('.seals')) newestMs = Math.max(newestMs, info.mtimeMs);
  }
  return { bytes, newestMs };
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Which sessions have outlived a setting; of equal age, whichever. */
export function outlived(
  packs: readonly SessionPacks[],
  { beforeMs, bytesMax }: { readonly beforeMs: number; readonly bytesMax: number },
  stays: (session: string) => boolean,
): string[] {
  let bytes = packs.reduce((sum, pack) => sum + pack.bytes, 0);
  const gone: string[] = [];
  for (const pack of packs) {
    if (pack.newestMs >= beforeMs && bytes <= bytesMax) break;
    if (stays(pack.session)) continue;
    gone.push(pack.session);
    bytes -= pack.bytes;
  }
  return gone;
}
