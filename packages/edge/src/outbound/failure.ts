import { CodedError } from '@spoor/core';

/**
 * `unreachable`: nobody took the connection. `too-large`: over a limit, also once inflated.
 * `broken`: what came is no HTTP, or ended early. `busy`: too many wait before this one.
 */
export type OutboundFailure =
  | 'timeout'
  | 'cancelled'
  | 'unreachable'
  | 'certificate'
  | 'too-large'
  | 'encoding'
  | 'redirect'
  | 'busy'
  | 'broken';

/** OUTBOUND_FAILED, for those who can do something about the reason. */
export class OutboundError extends CodedError {
  readonly failure: OutboundFailure;

  constructor(failure: OutboundFailure, detail: string, cause?: unknown) {
    super('OUTBOUND_FAILED', detail, cause);
    this.failure = failure;
  }
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const TIMEOUTS: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

/** What of a failed request is worth telling apart. */
export function failureOf(error: unknown): OutboundFailure {
  const { name = '', code } = (error ?? {}) as { readonly name?: string; readonly code?: unknown };
  if (name === 'TimeoutError') return 'timeout';
  if (name === 'AbortError') return 'cancelled';
  if (typeof code !== 'string') return 'broken';
  if (UNREACHABLE.has(code)) return 'unreachable';
  if (TIMEOUTS.has(code)) return 'timeout';
  return /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code)
    ? 'certificate'
    : 'broken';
}
