import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Claims, HostInfo } from '@spoor/edge/wire';
import { hostOf, identify } from '../host.ts';
import { PeerProcesses } from './peer-process.ts';

/** Who is at the other end of a connection. */
export interface Client {
  readonly host: HostInfo;
  /** The kernel has named its process: that is its session, as it is for wrapped servers. */
  readonly local: boolean;
  /** Address without port, for clients that have no process here. */
  readonly address: string;
}

/** What tells one client's session from another's. */
export interface Identity {
  readonly host: HostInfo;
  /** Absent where the host's process says it. */
  readonly session?: string;
  readonly claims?: Claims;
}

/** Looks each connection up once. */
export class Clients {
  readonly #processes = new PeerProcesses();
  readonly #found = new WeakMap<Socket, Client>();
  readonly #finding = new WeakMap<Socket, Promise<Client>>();

  of(socket: Socket): Client | Promise<Client> {
    const found = this.#found.get(socket);
    if (found !== undefined) return found;
    const finding = this.#finding.get(socket) ?? this.#find(socket);
    this.#finding.set(socket, finding);
    return finding;
  }

  async #find(socket: Socket): Promise<Client> {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const pid = await this.#processes.find(socket).catch(() => undefined);
    const host = pid === undefined ? undefined : hostOf(pid);
    const client: Client = { host: host ?? REMOTE, local: host !== undefined, address };
    this.#found.set(socket, client);
    return client;
  }
}

const REMOTE: HostInfo = {
  process: identify(process.pid) ?? { pid: process.pid, start: '' },
  name: 'remote',
  ancestors: [],
  uid: process.getuid?.() ?? 0,
};

/**
 * First hit wins: a verified subject, the client's own process, the legacy protocol's session, the
 * client's address and its token.
 */
export function identityOf(
  { host, local, address }: Client,
  request: Pick<IncomingMessage, 'headers'>,
  legacySession: string | undefined,
  claims: Claims | undefined,
): Identity {
  if (claims !== undefined) {
    const at = local ? `${host.process.pid}.${host.process.start}` : address;
    return { host, session: digest('subject', at, claims.issuer, claims.subject), claims };
  }
  if (local) return { host };
  if (legacySession !== undefined) return { host, session: digest('mcp', legacySession) };
  return { host, session: digest('peer', address, request.headers.authorization ?? '') };
}

/** Nobody reads a token or a session id out of it. */
const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
