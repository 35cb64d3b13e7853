import type { TraceEncoding } from '@spoor/edge/otlp';
import type { Accepted } from './intake.ts';

/** What OTLP answers, in the encoding of the request. Field numbers are opentelemetry-proto's. */

const REJECTED_SPANS = 1;
const ERROR_MESSAGE = 2;
const PARTIAL_SUCCESS = 1;

/** ExportTraceServiceResponse: empty where all was taken. */
export function successOf({ rejectedSpans, message }: Accepted, encoding: TraceEncoding): Buffer {
  const partial = rejectedSpans > 0;
  if (encoding === 'json') {
    // An int64 is text in proto3's JSON.
    const body = { rejectedSpans: String(rejectedSpans), errorMessage: message };
    return Buffer.from(JSON.stringify(partial ? { partialSuccess: body } : {}));
  }
  if (!partial) return Buffer.alloc(0);
  const body = Buffer.concat([varintField(REJECTED_SPANS, rejectedSpans), textField(message)]);
  return Buffer.concat([head(PARTIAL_SUCCESS, body.length), body]);
}

/** google.rpc.Status. */
export function failureOf(code: number, message: string, encoding: TraceEncoding): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return Buffer.concat([varintField(1, code), textField(message)]);
}

const head = (field: number, length: number): Buffer =>
  Buffer.concat([varint(field * 8 + 2), varint(length)]);

const varintField = (field: number, value: number): Buffer =>
  Buffer.concat([varint(field * 8), varint(value)]);

function textField(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([head(ERROR_MESSAGE, bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
