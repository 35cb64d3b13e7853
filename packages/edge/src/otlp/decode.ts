import { decodeJson } from './json.ts';
import { decodeProtobuf } from './protobuf.ts';
import type { DecodedTraces } from './rows.ts';

export {
  type Content,
  type ForeignCall,
  type ForeignSpan,
  readForeign,
  serviceOf,
} from './foreign.ts';
export { WireReader } from './reader.ts';
export type { Attribute, DecodedTraces, Dropped, SpanEvent, SpanRow, Value } from './rows.ts';

export type TraceEncoding = 'protobuf' | 'json';

/**
 * Reads an OTLP trace request. Both encodings give the same rows for the same request. Throws
 * OTLP_INVALID and nothing else; what a limit took away is counted in `dropped`.
 */
export function decodeTraces(bytes: Buffer, encoding: TraceEncoding): DecodedTraces {
  return encoding === 'json' ? decodeJson(bytes) : decodeProtobuf(bytes);
}
