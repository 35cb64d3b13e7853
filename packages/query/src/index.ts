export {
  type Ask,
  type AttributeScalar,
  type Dependency,
  type SpanAttribute,
  type SpanEvent,
  type SpanRecord,
  TRACE_QUESTIONS,
  type TraceQuery,
  type TraceQuestion,
  type TraceReader,
  type TraceRecord,
} from './reader.ts';
