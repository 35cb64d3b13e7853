/**
 * What it costs to read a telemetry request, beside protobufjs on the same bytes and `JSON.parse`
 * on the same request as JSON, all in one run and in turns.
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { decodeTraces } from '@spoor/edge/otlp';
import {
  encode,
  type JsonRequest,
  type JsonSpan,
  REQUEST,
} from '../packages/edge/test/otlp/messages.ts';
import { quantile, type Report, timeOf } from './report.ts';

const SPANS = 512;
const ROUNDS = 15;
const ROUND_MS = 60;
const WARM_UP_MS = 1_000;

const digits = (n: number, length: number): string => n.toString(16).padStart(length, '0');

/** A span as the conventions describe it: ten attributes, two of them content. */
const spanOf = (n: number): JsonSpan => ({
  traceId: digits(1 + Math.floor(n / 16), 32),
  spanId: digits(1 + n, 16),
  parentSpanId: digits(1 + Math.floor(n / 4), 16),
  name: `tools/call tool-${n % 20}`,
  kind: 2 + (n % 2),
  startTimeUnixNano: `17900000${digits(n, 4).replaceAll(/\D/g, '7')}0000000`,
  endTimeUnixNano: '1790000900000000000',
  attributes: [
    { key: 'mcp.method.name', value: { stringValue: 'tools/call' } },
    { key: 'gen_ai.tool.name', value: { stringValue: `tool-${n % 20}` } },
    { key: 'gen_ai.operation.name', value: { stringValue: 'execute_tool' } },
    { key: 'mcp.protocol.version', value: { stringValue: '2026-07-28' } },
    { key: 'network.transport', value: { stringValue: 'tcp' } },
    { key: 'jsonrpc.request.id', value: { stringValue: String(n) } },
    { key: 'server.address', value: { stringValue: 'mcp.example.org' } },
    { key: 'server.port', value: { intValue: 443 } },
    { key: 'gen_ai.tool.call.arguments', value: { stringValue: `{"city":"Bremen ${n}"}` } },
    { key: 'gen_ai.tool.call.result', value: { stringValue: `{"temperature":${n}}` } },
  ],
  status: { code: 1 },
});

const request: JsonRequest = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'agent' } }] },
      scopeSpans: [
        {
          scope: { name: 'bench', version: '1.0' },
          spans: Array.from({ length: SPANS }, (_, n) => spanOf(n)),
        },
      ],
    },
  ],
};

/** Spans in a second, each run of `work` reading all of them, over about `ms`. */
const rate = (work: () => unknown, ms: number): number => (1000 * SPANS) / timeOf(work, ms);

export function otlp(): Report {
  const bytes = encode(request);
  const json = Buffer.from(JSON.stringify(request));
  const ways = {
    'protobuf.spoor': () => decodeTraces(bytes, 'protobuf'),
    'protobuf.protobufjs': () => REQUEST.decode(bytes),
    'json.spoor': () => decodeTraces(json, 'json'),
    'json.parse': () => JSON.parse(json.toString()) as unknown,
  };
  const figures: Record<string, number> = {};
  const rates = Object.entries(ways).map(([name, work]) => ({ name, work, seen: [] as number[] }));
  for (const { work } of rates) rate(work, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { work, seen } of rates) seen.push(rate(work, ROUND_MS));
  }
  for (const { name, seen } of rates) figures[name] = Math.round(quantile(seen, 0.5));
  const ratio = (a: string, b: string): number => (figures[a] ?? 0) / (figures[b] ?? 1);
  figures['protobuf.ratio'] = ratio('protobuf.spoor', 'protobuf.protobufjs');
  figures['protobuf.ratio.json.parse'] = ratio('protobuf.spoor', 'json.parse');
  figures['json.ratio'] = ratio('json.spoor', 'json.parse');
  return { name: 'otlp', unit: 'spans/s, 10 attributes each', figures };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(otlp(), null, 2)}\n`);
}
