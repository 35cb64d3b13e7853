import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { NODE, until, type World } from './support.ts';

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
