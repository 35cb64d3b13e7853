import type { CallId, Cause, Decision, JsonObject, Outcome, Request, SpanId } from '@spoor/core';

/** One exchange, as the hub is told of it. */
export interface Told {
  readonly call: CallId;
  readonly request: Request;
  readonly cause: Cause;
  readonly startMs: number;
  readonly span: SpanId | undefined;
  readonly trace: string | undefined;
  readonly version: string | undefined;
  /** The hub has been told that it began. */
  begun: boolean;
  /** Its result waits until the hub has it. */
  hold: boolean;
}

/** The hub as conversations need it. Nothing here rejects. */
export interface HubPort {
  /**
   * Tells of a call and, where it has to wait, resolves with the denial or undefined. Undefined at
   * once where nothing has to wait.
   */
  begin(told: Told, message: JsonObject): Promise<Decision | undefined> | undefined;
  /** Resolves when the hub has the result, where the result waits for that. */
  end(told: Told, message: JsonObject): Promise<void> | undefined;
  gaveUp(told: Told, outcome: Outcome, errorType: string): void;
}
