import { UpstreamClient } from '@spoor/edge/upstream';
import { onTestFinished } from 'vitest';
import { LineUpstream } from '../../src/upstream/line-upstream.ts';
import { until } from '../gateway/support.ts';

export interface Reply {
  readonly id: number | string | null;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly code?: string };
  };
}

/** A server elsewhere as a client on stdio has it. */
export interface Lines {
  readonly upstream: LineUpstream;
  readonly replies: Reply[];
  /** Told to the person at the terminal. */
  readonly said: string[];
  /** Requests that Spoor answered itself. */
  readonly unanswered: string[];
  write(line: string | Uint8Array): void;
  /** Resolves with the line that answers this id. */
  reply(id: number | string): Promise<Reply>;
}

export function linesTo(
  url: string,
  { headers = [], headersMs = 20_000 }: { headers?: readonly string[]; headersMs?: number } = {},
): Lines {
  const replies: Reply[] = [];
  const said: string[] = [];
  const unanswered: string[] = [];
  const port = new UpstreamClient({ url: new URL(url), connectMs: 10_000, headersMs, bodyMs: 0 });
  const upstream = new LineUpstream({
    url: new URL(url),
    headers,
    port,
    onUnanswered: (id, why) => unanswered.push(`${id} ${why}`),
    say: (line) => said.push(line),
  });
  let text = '';
  upstream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) replies.push(JSON.parse(line) as Reply);
  });
  onTestFinished(async () => {
    upstream.kill('SIGTERM');
    await upstream.exit;
  });
  return {
    upstream,
    replies,
    said,
    unanswered,
    write: (line) => void upstream.write(typeof line === 'string' ? `${line}\n` : line),
    reply: async (id) => {
      const find = (): Reply | undefined => replies.find((one) => one.id === id && !one.method);
      await until(() => find() !== undefined);
      return find() as Reply;
    },
  };
}

export const INITIALIZE: string = JSON.stringify({
  jsonrpc: '2.0',
  id: 'init',
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'c', version: '1' },
  },
});

export const INITIALIZED: string = JSON.stringify({
  jsonrpc: '2.0',
  method: 'notifications/initialized',
});
