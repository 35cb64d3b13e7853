import { CodedError, isObject, LIMITS, parseStrictJson } from '@spoor/core';
import { WireReader } from '@spoor/edge/otlp';
import { type Field, fieldOf } from './schema.ts';

export type Signal = 'traces' | 'logs' | 'metrics';

const REQUESTS: Readonly<Record<Signal, string>> = {
  traces: 'TraceRequest',
  logs: 'LogsRequest',
  metrics: 'MetricsRequest',
};

export type Members = Readonly<Record<string, unknown>>;

/**
 * An OTLP request of any signal in the form of OTLP's JSON, whichever way it came. Throws
 * OTLP_INVALID.
 */
export function decodeSignal(
  signal: Signal,
  bytes: Buffer,
  encoding: 'json' | 'protobuf',
): Members {
  if (encoding === 'json') {
    const parsed = parseStrictJson(bytes, LIMITS.otlpJsonDepthMax);
    if (parsed.ok && isObject(parsed.value)) return parsed.value;
    throw new CodedError('OTLP_INVALID', parsed.ok ? 'no object' : parsed.reason);
  }
  const reader = new WireReader(bytes);
  return readMessage(reader, REQUESTS[signal], bytes.length, 0);
}

/** Of values in values, which are the only messages that contain themselves. */
const DEPTH_MAX = 64;

function readMessage(reader: WireReader, name: string, end: number, depth: number): Members {
  if (depth > DEPTH_MAX) throw new CodedError('OTLP_INVALID', 'depth');
  const members: Record<string, unknown> = {};
  while (reader.at < end) {
    const tag = reader.tag(end);
    const field = fieldOf(name, tag >> 3);
    const value = field === undefined ? undefined : readField(reader, tag, field, end, depth);
    if (field === undefined || value === undefined) {
      if (field === undefined) reader.skip(tag, end);
    } else if (field.many === true) {
      const list = (members[field.name] as unknown[] | undefined) ?? [];
      list.push(value);
      members[field.name] = list;
    } else {
      members[field.name] = value;
    }
  }
  return members;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;

/** Undefined for a field of another wire type than ours, which is stepped over. */
function readField(
  reader: WireReader,
  tag: number,
  { kind }: Field,
  end: number,
  depth: number,
): unknown {
  const wire = tag & 7;
  if (wire === VARINT && kind === 'int') return reader.int64(end);
  if (wire === FIXED64 && kind === 'double') return reader.double(end);
  if (wire !== LENGTH || kind === 'int' || kind === 'double') {
    reader.skip(tag, end);
    return undefined;
  }
  const stop = reader.message(end);
  if (kind !== 'text' && kind !== 'bytes' && kind !== 'id')
    return readMessage(reader, kind, stop, depth + 1);
  const bytes = reader.bytes.subarray(reader.at, stop);
  reader.at = stop;
  if (kind === 'id') return bytes.toString('hex');
  return kind === 'bytes' ? bytes.toString('base64') : bytes.toString('utf8');
}
