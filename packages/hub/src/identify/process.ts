import type { Principal } from '@spoor/core';
import type { Hello } from '@spoor/edge';
import type { Node } from '../decide/node.ts';
import { pseudonymOf } from './pseudonym.ts';

/**
 * Who speaks on a connection, by the facts of processes alone. A key proves which machine speaks,
 * and nothing of who speaks there. What a gateway says of a token is its word: it tells one client
 * from another, and the token itself comes with the calls.
 */
export function identify({ host, claims, sensor }: Hello, key: Uint8Array, node?: Node): Principal {
  const claimed = sensor.kind === 'gateway' && claims !== undefined;
  const subject = claimed
    ? JSON.stringify([claims.issuer, claims.subject])
    : `${node === undefined ? '' : `${node.key}|`}${host.uid}|${host.name}`;
  const process = node === undefined ? ['process'] : ['enrolled', 'process'];
  return {
    level: 'unverified',
    pseudonym: pseudonymOf(key, subject),
    agent: host.name,
    evidence: claimed ? ['claimed-token', ...process] : process,
  };
}
