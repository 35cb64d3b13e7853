import type { ErrorCode } from '@spoor/core';

/** What a gateway has done, and what it has refused, by code. */
export class Counts {
  readonly values: Record<string, number> = {};

  add(name: ErrorCode | Counted): void {
    this.values[name] = (this.values[name] ?? 0) + 1;
  }
}

type Counted =
  | 'requests'
  | 'denied'
  | 'unreadable'
  | 'clientGone'
  | 'upstreamFailed'
  | 'notExamined'
  | 'peersDropped'
  | 'conversationsDropped'
  | 'faults';
