import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SPOOR = fileURLToPath(new URL('../../packages/cli/bin/spoor.mjs', import.meta.url));

export interface GatewayArm {
  readonly url: string;
  close(): Promise<void>;
}

/** `spoor gateway` in front of a server, on a free port. */
export const startGatewayArm = (url: string): Promise<GatewayArm> => start(['--url', url]);

/** `spoor gateway` as a bridge to a command that speaks lines. */
export const startBridgeArm = (command: readonly string[]): Promise<GatewayArm> =>
  start(['--stdio', '--', ...command]);

const start = async (words: readonly string[]): Promise<GatewayArm> => {
  const own = ['gateway', '--name', 'conformance-fixture', '--port', '0'];
  const child = spawn(process.execPath, [SPOOR, ...own, ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(child.stdout, 'data');
  return {
    url: String(line)
      .trim()
      .replace(/^.* listening on /, ''),
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
};
