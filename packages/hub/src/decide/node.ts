import { createHash } from 'node:crypto';
import { CodedError } from '@spoor/core';
import type { Hello, ProcessId } from '@spoor/edge';

/** A machine that is enrolled at this hub. */
export interface Node {
  readonly name: string;
  /** Digest of its public key. */
  readonly key: string;
}

/**
 * What a machine says of its processes, sessions and servers, so that it means those of that
 * machine and no others: two machines have equal process numbers, and one must not speak of the
 * other's servers. What it has verified of a token is its word, not ours, and stays out.
 *
 * Throws WIRE_INVALID where a server does not carry the machine's name.
 */
export function onNode({ claims: _, ...hello }: Hello, node: Node): Hello {
  const { server, host, session, hostSession } = hello;
  if (!server.name.endsWith(`@${node.name}`))
    throw new CodedError('WIRE_INVALID', 'member server.name: without the name of its machine');
  const process = ({ pid, start }: ProcessId): ProcessId => ({
    pid,
    start: `${start}@${node.key}`,
  });
  const digest = (text: string): string =>
    createHash('sha256').update(`${node.key}\n${text}`).digest('hex').slice(0, 32);
  return {
    ...hello,
    server: {
      ...server,
      ...(server.process === undefined ? {} : { process: process(server.process) }),
    },
    host: { ...host, process: process(host.process), ancestors: host.ancestors.map(process) },
    ...(session === undefined ? {} : { session: digest(session) }),
    ...(hostSession === undefined ? {} : { hostSession: digest(hostSession) }),
  };
}
