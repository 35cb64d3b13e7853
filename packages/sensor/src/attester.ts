import { readlinkSync, statSync } from 'node:fs';
import {
  type HostInfo,
  type IdentityEvidence,
  type Request,
  safeName,
  systemClock,
} from '@spoor/core';
import { callOf } from '@spoor/edge/evidence';
import { findHost, parentOf } from './host.ts';

/** Makes evidence of a request that brings none of its own. */
export type Attester = (request: Request) => IdentityEvidence | undefined;

export interface AttesterOptions {
  /** File with the private key. */
  readonly key: string;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  /** Name of the wrapped server. */
  readonly server: string;
}

/**
 * The wrapper as attester of whoever has started it: it signs with its own key what the system says
 * of that process. Throws ATTEST_KEY_INVALID or ATTEST_KEY_OPEN.
 */
export async function wrapperAttester(options: AttesterOptions): Promise<Attester> {
  const { openSession, prove, readAttestKey } = await import('@spoor/instrument/attest');
  const key = readAttestKey(options.key);
  const host = findHost();
  const server = safeName(options.server, () => 'server');
  const session = openSession({
    key,
    sub: `uid:${uidOf(host)}`,
    agent: host.name,
    basis: 'peercred',
    claims: { proc: factsOf(host) },
    ...(options.issuer === undefined ? {} : { iss: options.issuer }),
    ...(options.audience === undefined ? {} : { aud: options.audience }),
  });
  return (request) => {
    const call = callOf(request);
    if (call === undefined) return undefined;
    const nowMs = systemClock.nowMs();
    const { text: txn } = session.tokenFor();
    const meta = prove(request, { key, txn, sid: session.sid, server, nowMs });
    return { meta: JSON.stringify(meta), call };
  };
}

/** What the system says of the host; '' where it says nothing. */
const factsOf = (host: HostInfo): object => ({
  uid: uidOf(host),
  pid: host.process.pid,
  start: host.process.start,
  name: host.name,
  exe: executableOf(host.process.pid),
  parent: parentOf(host.process.pid) ?? { pid: 0, name: '' },
});

function uidOf({ uid, process: { pid } }: HostInfo): number {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    // Whoever starts a process without rights of its own has the same.
    return uid;
  }
}

function executableOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}
