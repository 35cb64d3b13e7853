import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { JsonSpan } from '../../../edge/test/otlp/messages.ts';

export { encode, type JsonSpan } from '../../../edge/test/otlp/messages.ts';
export { request, span } from '../../../edge/test/otlp/requests.ts';

export const FIXTURES = [
  'openllmetry.json',
  'openinference.json',
  'sentry.json',
  'vercel.json',
  'fastmcp.bin',
] as const;

export const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../../edge/test/otlp/fixtures/${name}`, import.meta.url));

export const typeOf = (name: string): string =>
  name.endsWith('.bin') ? 'application/x-protobuf' : 'application/json';

export interface Posted {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** By Node's own client, which sends any header, `Host` and `Origin` too. */
export function post(
  url: string,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
  method: string = 'POST',
): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      url,
      { method, headers: { 'content-type': 'application/x-protobuf', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

let next = 1;
const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');

export const freshTrace = (): string => hex(0xabc000 + next++, 32);
export const freshSpan = (): string => hex(0xdef000 + next++, 16);

/** A tool call as OpenTelemetry's conventions put it, with its content. */
export function toolCall(
  tool: string,
  args: object,
  result: object,
  part: Partial<JsonSpan> = {},
): JsonSpan {
  const nowNs = BigInt(Date.now()) * 1_000_000n + BigInt(next++);
  return {
    traceId: freshTrace(),
    spanId: freshSpan(),
    name: `execute_tool ${tool}`,
    kind: 1,
    startTimeUnixNano: String(nowNs),
    endTimeUnixNano: String(nowNs + 1_000n),
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: 'execute_tool' } },
      { key: 'gen_ai.tool.name', value: { stringValue: tool } },
      { key: 'gen_ai.tool.call.arguments', value: { stringValue: JSON.stringify(args) } },
      { key: 'gen_ai.tool.call.result', value: { stringValue: JSON.stringify(result) } },
    ],
    ...part,
  };
}
