import { CodedError, type ErrorCode, LIMITS } from '@spoor/core';
import type { Caller } from './caller.ts';
import type { Gate } from './gate.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Around, Call, ToolResult } from './tool.ts';

export interface AroundOptions {
  readonly caller: Caller;
  readonly call: Omit<Call, 'signal' | 'nowMs' | 'caller'>;
  readonly gate: Gate;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly nowMs: () => number;
}

export const around =
  ({ caller, call, gate, log, metrics, nowMs }: AroundOptions): Around =>
  async (tool, signal, run) => {
    const startMs = nowMs();
    const done = (code: ErrorCode | 'OK', result: ToolResult): ToolResult => {
      const ms = nowMs() - startMs;
      metrics.called(tool.name, code, ms);
      log.info('call', { tool: tool.name, caller: caller.id, outcome: code, ms });
      return result;
    };
    try {
      if (!caller.permissions.has(tool.permission))
        throw new CodedError('QUERY_FORBIDDEN', tool.permission);
      const leave = gate.enter(tool.name, caller.id, startMs);
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(LIMITS.queryCallMs)]);
        const answer = await ended(
          run({ ...call, caller, signal: within, nowMs: startMs }),
          within,
        );
        return done('OK', {
          content: [{ type: 'text', text: answer.text }],
          structuredContent: answer.data as Record<string, unknown>,
        });
      } finally {
        leave();
      }
    } catch (error) {
      const coded = codedOf(error);
      return done(coded.code, failed(coded));
    }
  };

/** A backend that hears no signal must not hold a call. */
async function ended<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new CodedError('QUERY_TIMEOUT'));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([value, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function codedOf(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const isAbort = error instanceof Error && /^(Abort|Timeout)Error$/.test(error.name);
  return new CodedError(isAbort ? 'QUERY_TIMEOUT' : 'INTERNAL', '', error);
}

/** Details of our own making; those of others may name hosts, files or what a backend said. */
const TOLD: ReadonlySet<ErrorCode> = new Set([
  'QUESTION_INVALID',
  'BACKEND_CANNOT',
  'QUERY_FORBIDDEN',
  'NOT_FOUND',
  'BACKEND_BUSY',
  'BACKEND_STATUS',
]);

function failed(error: CodedError): ToolResult {
  const { code, detail, row } = error;
  const what = TOLD.has(code) && detail !== '' ? `${row.message}: ${detail}` : row.message;
  return { content: [{ type: 'text', text: `${code}: ${what}. ${row.hint}.` }], isError: true };
}
