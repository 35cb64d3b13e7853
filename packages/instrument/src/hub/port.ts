import type {
  CallId,
  Cause,
  Decision,
  JsonObject,
  Outcome,
  Request,
  SpanId,
  TraceParent,
} from '@spoor/core';

/** Which end of which server's conversations a hub is told of. */
export interface HubTarget {
  readonly side: 'client' | 'server';
  readonly name: string;
  readonly transport: 'stdio' | 'http' | 'memory' | 'unknown';
}

/** One exchange, as the hub is told of it. */
export interface Told {
  readonly call: CallId;
  readonly request: Request;
  /** The request as it was sent or came. */
  message: JsonObject;
  readonly cause: Cause;
  readonly startMs: number;
  readonly span: SpanId | undefined;
  readonly trace: string | undefined;
  readonly version: string | undefined;
  /** What the server got for trace ids. */
  given: TraceParent | undefined;
  /** The hub has been told that it began. */
  begun: boolean;
  /** Its result waits until the hub has it. */
  hold: boolean;
  /** What goes on in place of the request, and of its answer, where some is masked. */
  instead: JsonObject | undefined;
  /** Its answer goes on only in part. */
  masksAnswer: boolean;
  answerInstead: JsonObject | undefined;
}

/** The hub as conversations need it. Nothing here rejects. */
export interface HubPort {
  /**
   * Tells of a call and, where it has to wait, resolves with the denial or undefined. Undefined at
   * once where nothing has to wait.
   */
  begin(told: Told): Promise<Decision | undefined> | undefined;
  /** Resolves when the hub has the result, where the result waits for that. */
  end(told: Told, answer: JsonObject): Promise<void> | undefined;
  gaveUp(told: Told, outcome: Outcome, errorType: string): void;
}
