import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Socket } from 'node:net';

/**
 * Which process of this machine is at the other end of a connection: the kernel says so, in /proc.
 * Linux only, and only for processes of the same user; undefined for all others.
 */
export class PeerProcesses {
  /** Processes that have called before are looked at first. */
  readonly #known = new Set<number>();

  async find(socket: Socket): Promise<number | undefined> {
    const { remoteAddress, remotePort, localPort } = socket;
    if (process.platform !== 'linux' || !isLoopback(remoteAddress)) return undefined;
    if (remotePort === undefined || localPort === undefined) return undefined;
    const inode = await inodeOf(remotePort, localPort);
    if (inode === undefined) return undefined;
    const pid = await this.#holder(`socket:[${inode}]`);
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    if (pid !== undefined) this.#known.add(pid);
    return pid;
  }

  async #holder(socket: string): Promise<number | undefined> {
    for (const pid of this.#known) {
      if (await holds(pid, socket)) return pid;
      this.#known.delete(pid);
    }
    const names = await readdir('/proc').catch(() => []);
    const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
    // The newest first: clients start after what they talk to.
    for (const pid of pids.sort((a, b) => b - a).slice(0, PROCESSES_MAX))
      if (await holds(pid, socket)) return pid;
    return undefined;
  }
}

const KNOWN_MAX = 64;
const PROCESSES_MAX = 4_096;

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address);

async function inodeOf(clientPort: number, serverPort: number): Promise<string | undefined> {
  const local = `:${hexPort(clientPort)}`;
  const remote = `:${hexPort(serverPort)}`;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const [, from, to, state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === ESTABLISHED && from?.endsWith(local) && to?.endsWith(remote)) return inode;
    }
  }
  return undefined;
}

const ESTABLISHED = '01';

const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

async function holds(pid: number, socket: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const open = await readdir(folder).catch(() => []);
  const links = await Promise.all(open.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.includes(socket);
}
