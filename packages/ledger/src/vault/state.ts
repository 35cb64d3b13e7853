import { hash } from 'node:crypto';
import type { SealedPart } from '@spoor/core';
import { nodeDisk } from '../disk.ts';
import type { Leaf } from '../entry.ts';
import { readSealed, shreddedCipher } from '../seal/record.ts';
import { isShreddedKey, isVaultPlace, keyPath, packPath, readPack } from './pack.ts';

/** `sealed` for auditors to open; `shredded` on purpose; `missing` where nobody knows why. */
export type ContentState = 'sealed' | 'shredded' | 'missing';

/** What the vault holds of each content of an entry. Nothing is opened. */
export async function contentStates(
  dir: string,
  { session, content = [] }: Pick<Leaf, 'session' | 'content'>,
): Promise<{ readonly part: SealedPart; readonly state: ContentState }[]> {
  const packs = new Map<string, Buffer>();
  const states: { part: SealedPart; state: ContentState }[] = [];
  for (const { part, kek, cipher } of content) {
    if (!isVaultPlace(session, kek)) {
      states.push({ part, state: 'missing' });
      continue;
    }
    const key = await nodeDisk.read(`${dir}/${keyPath(session, kek)}`);
    const path = `${dir}/${packPath(session, kek)}`;
    const pack = packs.get(path) ?? Buffer.from((await nodeDisk.read(path)) ?? []);
    packs.set(path, pack);
    states.push({ part, state: key === undefined ? 'missing' : stateIn(key, pack, cipher) });
  }
  return states;
}

function stateIn(key: Uint8Array, pack: Buffer, cipher: string): ContentState {
  if (isShreddedKey(key)) return 'shredded';
  for (const { bytes } of readPack(pack)) {
    if (shreddedCipher(bytes) === cipher) return 'shredded';
    const sealed = readSealed(bytes);
    if (sealed !== undefined && hash('sha256', sealed.ciphertext) === cipher) return 'sealed';
  }
  return 'missing';
}
