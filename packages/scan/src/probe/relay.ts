/**
 * `relay.ts PORT=SOCKET… -- command args`: runs a command in a network of its own, where each
 * port of the loopback interface leads to a Unix socket and nothing else leads anywhere.
 */
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

const split = process.argv.indexOf('--');
const ways = process.argv.slice(2, split).map((way) => {
  const at = way.indexOf('=');
  return [Number(way.slice(0, at)), way.slice(at + 1)] as const;
});
const [command = '', ...args] = process.argv.slice(split + 1);

for (const [port, path] of ways) {
  const server = createServer((socket) => {
    const other = connect(path);
    socket.pipe(other).pipe(socket);
    socket.on('error', () => other.destroy());
    other.on('error', () => socket.destroy());
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

const child = spawn(command, args, { stdio: 'inherit' });
child.on('error', () => process.exit(127));
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 0) : 1));
