import { expect } from 'vitest';
import { all, ending, type Piped, World } from './support.ts';

/** Two state folders stand for two machines: this process is the host on both of them. */
export async function twoMachines(
  prepare: (hub: World) => void = () => undefined,
): Promise<{ hub: World; there: World; process: Piped; port: string }> {
  const hub = new World();
  prepare(hub);
  const there = new World();
  const port = await freePort();
  const process = await hub.hub('--mode', 'enforce', '--remote-port', port);
  return { hub, there, process, port };
}

async function freePort(): Promise<string> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

export async function enrol(hub: World, there: World, name: string): Promise<void> {
  const made = hub.call('hub', 'enrol-code', '--name', name);
  expect(made.code, made.stderr).toBe(0);
  const child = there.spoor('enrol', '--json');
  child.stdin.end(made.stdout);
  const said = await all(child.stdout);
  expect(await ending(child)).toEqual({ code: 0, signal: null });
  expect(JSON.parse(said)).toMatchObject({ name });
}
