export type { BackendSettings, ReaderOptions } from './backend-settings.ts';
export { type Listen, listenOf } from './config/forms.ts';
export { readSettings, type Sources } from './config/read.ts';
export {
  type AuthorizationSettings,
  type CallerSettings,
  type DeploymentSettings,
  type McpSettings,
  MODES,
  type Mode,
} from './config/settings.ts';
export { Library } from './docs/library.ts';
export type { BacktestQuery, ChainQuery, EntryProof, EvidenceReader } from './evidence.ts';
export { type HubReaders, openHubReaders } from './hub/open.ts';
export { openReader } from './open.ts';
export {
  type Ask,
  type AttributeScalar,
  type Dependency,
  type SpanAttribute,
  type SpanEvent,
  type SpanLink,
  type SpanRecord,
  TRACE_QUESTIONS,
  type TraceQuery,
  type TraceQuestion,
  type TraceReader,
  type TraceRecord,
} from './reader.ts';
export { type Caller, DEFAULT_PERMISSIONS, PERMISSIONS, type Permission } from './server/caller.ts';
export type { Deployment } from './server/deployment.ts';
export { createLog, type Log } from './server/log.ts';
export { type QueryOptions, QueryServer } from './server/server.ts';
export { type Admission, admitAll } from './server/transport/admission.ts';
export { isLoopback } from './server/transport/doors.ts';
export { type HttpOptions, type RunningHttp, serveHttp } from './server/transport/http.ts';
export { serveOnStdio } from './server/transport/stdio.ts';
export { admitTokens } from './server/transport/tokens.ts';
export type { Masked, Masker } from './shown/masker.ts';
