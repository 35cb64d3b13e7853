import { createHash } from 'node:crypto';
import {
  digestText,
  IDENTITY_VERSION,
  type IdentityMeta,
  identityCallOf,
  PROOF_TYPE,
  type ProofClaims,
  type Request,
  systemRandom,
} from '@spoor/core';
import { processWide } from '../shared.ts';
import { signed } from './jws.ts';
import type { AttestKey } from './key.ts';

/** Which try of which logical call a request is. */
export interface Try {
  readonly idem: string;
  readonly rtry: number;
}

export interface ProveOptions {
  readonly key: AttestKey;
  /** The token whose key it is. */
  readonly txn: string;
  /** The session's name, within which proofs are counted. */
  readonly sid: string;
  /** Name of the MCP server that it is for, as Spoor calls it. */
  readonly server: string;
  readonly nowMs: number;
  readonly attempt?: Try;
  /** Number of the proof; counted where it is not given. */
  readonly seq?: number;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/**
 * Proves one request, as it stands on the wire. Throws TypeError where its parameters have no
 * canonical form.
 */
export function prove(request: Request, options: ProveOptions): IdentityMeta {
  const { key, txn, sid, server, nowMs, attempt } = options;
  const claims: ProofClaims = {
    ath: digest(txn),
    aud: server,
    ...identityCallOf(request),
    dig: digest(digestText(request.params)),
    seq: options.seq ?? next(JSON.stringify([sid, server]), nowMs),
    iat: Math.floor(nowMs / 1_000),
    jti: randomName(),
    ...attempt,
  };
  return { v: IDENTITY_VERSION, txn, proof: signed(key, PROOF_TYPE, claims) };
}

export const randomName = (): string => Buffer.from(systemRandom.bytes(16)).toString('base64url');

/**
 * By session and server. They begin at the time, so that a process that goes on with a session
 * counts on, and grow by one, so that calls may pass each other on their way.
 */
const NUMBERS = processWide('proofs', () => new Map<string, number>());
const NUMBERS_MAX = 1_024;

function next(name: string, nowMs: number): number {
  const seq = NUMBERS.get(name) ?? nowMs * 1_000;
  NUMBERS.delete(name);
  NUMBERS.set(name, seq + 1);
  const [oldest] = NUMBERS.keys();
  if (NUMBERS.size > NUMBERS_MAX && oldest !== undefined) NUMBERS.delete(oldest);
  return seq;
}
