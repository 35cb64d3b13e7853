import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { LIMITS } from '@spoor/core';
import { type ReadClientDocument, readDocument } from './document.ts';
import type { ClientConfig } from './locate.ts';

/** A configuration file as it is now. */
export type ClientRead =
  | { readonly status: 'absent' }
  /** It is there and could not be looked at; that is not the same as having no servers. */
  | { readonly status: 'unreadable'; readonly why: string }
  | ClientText;

export interface ClientText {
  readonly status: 'read';
  /** The file itself, where `path` leads to it by symbolic links. */
  readonly realPath: string;
  readonly text: string;
  readonly digest: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export const digestOf = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Reads a whole file of bounded size as UTF-8; a byte order mark stays part of the text. */
export async function readClientText(path: string): Promise<ClientRead> {
  try {
    const realPath = await realpath(path);
    // Without NONBLOCK, opening a named pipe would wait for a writer for ever.
    await using file = await open(realPath, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    const { mode, uid, gid, size } = stat;
    if (!stat.isFile()) return unreadable('it is no file');
    if (size > LIMITS.clientConfigBytesMax) {
      return unreadable(`${size} bytes are more than ${LIMITS.clientConfigBytesMax}`);
    }
    const bytes = await file.readFile();
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { status: 'read', realPath, text, digest: digestOf(bytes), mode, uid, gid };
  } catch (error) {
    return failed(error as NodeJS.ErrnoException);
  }
}

const unreadable = (why: string): ClientRead => ({ status: 'unreadable', why });

function failed({ code, message }: NodeJS.ErrnoException): ClientRead {
  if (code === 'ENOENT' || code === 'ENOTDIR') return { status: 'absent' };
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return unreadable('it is not UTF-8');
  return unreadable(code ?? message);
}

/** The servers of a configuration, or why they cannot be known. */
export type ClientServers =
  | { readonly status: 'absent' }
  | { readonly status: 'unreadable'; readonly why: string }
  | {
      readonly status: 'read';
      readonly file: ClientText;
      readonly document: ReadClientDocument;
    };

export async function readClient(config: ClientConfig): Promise<ClientServers> {
  const file = await readClientText(config.path);
  if (file.status !== 'read') return file;
  const document = readDocument(file.text, config.format, config.at);
  if (document.ok) return { status: 'read', file, document };
  const { line, column, why } = document;
  return { status: 'unreadable', why: `${line}:${column} ${why}` };
}
