import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Canaries } from '../src/probe/canary.ts';
import { decodeSignal } from '../src/sink/decode.ts';
import { readExport } from '../src/sink/read.ts';
import { startSink } from '../src/sink/sink.ts';

test('bytes that are no telemetry are counted as unreadable, and break nothing', async () => {
  const sink = await startSink(0);
  const send = (body: Uint8Array, headers: Record<string, string>): Promise<Response> =>
    fetch(`http://127.0.0.1:${sink.port}/v1/traces`, {
      method: 'POST',
      body: body as never,
      headers,
    });
  await send(Buffer.from('{"resourceSpans":'), { 'content-type': 'application/json' });
  await send(Buffer.from([0xff, 0xff, 0xff]), { 'content-type': 'application/x-protobuf' });
  await send(Buffer.from('x'), { 'content-encoding': 'gzip' });
  expect(sink.exports()).toMatchObject({ unreadable: 3, spans: [] });
  await sink.close();
});

test('any bytes are decoded or refused', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom('traces', 'logs', 'metrics'),
      (bytes, signal) => {
        try {
          readExport(signal, decodeSignal(signal, Buffer.from(bytes), 'protobuf'));
        } catch (error) {
          expect(error).toMatchObject({ code: 'OTLP_INVALID' });
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a canary is found in any text around it, in base64, hexadecimal and percent encoding', () => {
  const canaries = new Canaries();
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const canary = canaries.mint('text', 'somewhere');
      const text = `${before} ${canary.token} ${after}`;
      const percent = [...Buffer.from(canary.token)]
        .map((byte) => `%${byte.toString(16)}`)
        .join('');
      const forms = [
        text,
        Buffer.from(text).toString('base64'),
        Buffer.from(text).toString('base64url'),
        Buffer.from(text).toString('hex'),
        percent,
      ];
      for (const form of forms) expect(canaries.in(form)).toContain(canary);
    }),
  );
});

test('a card that is a canary passes for a card', () => {
  const { value } = new Canaries().mint('card', 'somewhere');
  const digits = [...value].reverse().map(Number);
  const sum = digits.reduce((total, digit, at) => {
    const doubled = at % 2 === 0 ? digit : digit * 2;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  expect(value).toMatch(/^4\d{15}$/);
  expect(sum % 10).toBe(0);
});
