import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  CodedError,
  IDENTITY_META_KEY,
  LIMITS,
  metaOf,
  parseMessage,
  systemClock,
} from '@spoor/core';
import { type AttestKey, openSession, prove, readAttestKey, sidOf } from '@spoor/instrument/attest';
import type { Context } from '../../command.ts';
import { needed, sessionOf } from './flags.ts';

/** A token to prove with, now. */
type Tokens = () => string;

/**
 * Puts a proof on each JSON-RPC request of standard input, one on a line, as it comes. What is no
 * request goes on as it is. Throws ATTEST_REQUEST for what cannot be read.
 */
export async function call({ flags, out }: Context, input: Readable): Promise<number> {
  const key = readAttestKey(needed(flags, 'key'));
  const server = needed(flags, 'server');
  let tokens = flags.txn === '-' ? undefined : await tokensOf(flags, key);
  // Made when it is read from: lines that come before would be lost.
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    if (tokens === undefined) tokens = fixed(line);
    else out.line(provedLine(line, key, tokens(), server));
  }
  return 0;
}

async function tokensOf(flags: Context['flags'], key: AttestKey): Promise<Tokens> {
  if (typeof flags.txn === 'string') {
    const path = flags.txn;
    return fixed(
      await readFile(path, 'utf8').catch((error: unknown) => {
        throw new CodedError('ATTEST_TOKEN', path, error);
      }),
    );
  }
  const session = openSession(await sessionOf(flags, key));
  return () => session.tokenFor().text;
}

function fixed(text: string): Tokens {
  const token = text.trim();
  if (!/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}$/.test(token) || sidOf(token) === '')
    throw new CodedError('ATTEST_TOKEN');
  return () => token;
}

function provedLine(line: string, key: AttestKey, txn: string, server: string): string {
  const bytes = Buffer.from(line);
  if (bytes.length > LIMITS.frameBytesMax) throw new CodedError('ATTEST_REQUEST', 'too long');
  const request = parseMessage({ kind: 'line', bytes });
  if (request.kind === 'notification' || request.kind === 'response') return line;
  if (request.kind !== 'request') {
    const why = request.kind === 'invalid' ? request.reason : 'a batch';
    throw new CodedError('ATTEST_REQUEST', why);
  }
  const nowMs = systemClock.nowMs();
  const identity = prove(request, { key, txn, sid: sidOf(txn), server, nowMs });
  const { id, method, params } = request;
  const _meta = { ...metaOf(params), [IDENTITY_META_KEY]: identity };
  return JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta } });
}
