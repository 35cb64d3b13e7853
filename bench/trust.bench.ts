/**
 * What the trust boundary costs a frame before it goes on, beside reading that frame once, and what
 * a sampling decision costs. Prints JSON: `node bench/trust.bench.ts`.
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Frame, newTraceId, parseMessage, SessionSampler, systemRandom } from '@spoor/core';
import { Boundary, STDIO_TRUST } from '@spoor/sensor';
import { quantile, type Report } from './report.ts';

const ROUNDS = 9;
const ROUND_MS = 60;
const SESSIONS = 1_000;

const META = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  baggage: 'app.tenant=7',
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
};
const ROW = { name: 'Ann', mail: 'ann@example.com', note: 'as agreed on the telephone yesterday' };

const frameOf = (message: object): Frame => ({
  kind: 'line',
  bytes: Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id: 1, ...message })}\n`),
});
const resultOf = (rows: number, more: object = {}): Frame => {
  const text = JSON.stringify(Array.from({ length: rows }, () => ROW));
  return frameOf({ result: { content: [{ type: 'text', text }], ...more } });
};

/** Frames of a client, and of a server. */
const CALLS: Readonly<Record<string, Frame>> = {
  'call.plain': frameOf({ method: 'tools/call', params: { name: 't', arguments: { q: 'x' } } }),
  'call.context': frameOf({ method: 'tools/call', params: { name: 't', _meta: META } }),
};
const RESULTS: Readonly<Record<string, Frame>> = {
  'result.10000B': resultOf(110),
  'result.1000000B': resultOf(11_000),
  'result.10000B.context': resultOf(110, { _meta: META }),
};

/** Microseconds that one run takes. */
function cost(work: () => unknown, lasts: number): number {
  const began = performance.now();
  let took = 0;
  let runs = 0;
  for (; took < lasts; took = performance.now() - began) {
    for (let i = 0; i < 8; i++) work();
    runs += 8;
  }
  return (1000 * took) / runs;
}

function pair(work: () => unknown, yardstick: () => unknown): [number, number] {
  const seen: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    seen[0].push(cost(work, ROUND_MS));
    seen[1].push(cost(yardstick, ROUND_MS));
  }
  return [quantile(seen[0], 0.5), quantile(seen[1], 0.5)];
}

export function trust(): Report {
  const boundary = new Boundary(STDIO_TRUST, systemRandom);
  const figures: Record<string, number> = {};
  const measure = (name: string, frame: Frame, cross: () => unknown): void => {
    const [spoor, read] = pair(cross, () => parseMessage(frame));
    figures[name] = spoor;
    figures[`${name}.read`] = read;
    figures[`${name}.ratio`] = spoor / read;
  };
  for (const [name, frame] of Object.entries(CALLS)) {
    const message = parseMessage(frame);
    measure(name, frame, () => boundary.toServer(frame, message));
  }
  for (const [name, frame] of Object.entries(RESULTS)) {
    measure(name, frame, () => boundary.toClient(frame));
  }
  const sampler = new SessionSampler<number>(0.01);
  const traces = Array.from({ length: SESSIONS }, () => newTraceId(systemRandom));
  let item = 0;
  const [offer] = pair(
    () => {
      item += 1;
      const trace = traces[item % SESSIONS];
      if (trace !== undefined) sampler.offer({ session: `s${item % SESSIONS}`, trace, item });
    },
    () => undefined,
  );
  figures['sampling.offer'] = offer;
  return { name: 'trust', unit: 'µs', figures };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(trust(), null, 2)}\n`);
}
