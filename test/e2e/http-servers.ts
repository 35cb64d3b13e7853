import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { FIXTURES, NODE, until, type World } from './support.ts';

const require = createRequire(import.meta.url);

/** `server-everything` in one of its own HTTP transports. */
export async function everything(
  world: World,
  transport: 'streamableHttp' | 'sse',
): Promise<string> {
  const port = await freePort();
  world.env.PORT = String(port);
  const entry = require.resolve('@modelcontextprotocol/server-everything/dist/index.js');
  world.start([NODE, entry, transport]);
  const url = `http://localhost:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`;
  await until(
    () =>
      fetch(url, { method: 'OPTIONS' }).then(
        () => true,
        () => false,
      ),
    (up) => up,
  );
  return url;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

/** A request that reached a server. */
export interface Heard {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server of the second SDK over HTTP, and what reaches it. */
export async function toolServer(
  world: World,
  name: string,
  description: string,
): Promise<{ readonly url: string; readonly heard: Heard[] }> {
  const child = world.start([NODE, `${FIXTURES}/http-tool-server.ts`, name, description]);
  const heard: Heard[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (/^\d+$/.test(line)) resolve(line);
    else heard.push(JSON.parse(line) as Heard);
  });
  return { url: `http://127.0.0.1:${await promise}/mcp`, heard };
}
