import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SPOOR = fileURLToPath(new URL('../../packages/cli/bin/spoor.mjs', import.meta.url));

export interface GatewayArm {
  readonly url: string;
  close(): Promise<void>;
}

/** `spoor gateway` in front of a server, on a free port. */
export const startGatewayArm = async (url: string): Promise<GatewayArm> => {
  const words = ['gateway', '--name', 'conformance-fixture', '--url', url, '--port', '0'];
  const child = spawn(process.execPath, [SPOOR, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
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
