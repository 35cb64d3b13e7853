import type { Node } from '@babel/types';
import type { At, Frame } from './machine.ts';
import { clean, type Value } from './value.ts';

/** One call, with everything about it worked out. */
export interface Call {
  readonly node: Node;
  /** The last name: `setAttribute` of `span.setAttribute`. */
  readonly name: string;
  readonly callee: Value;
  readonly receiver: Value | undefined;
  /** `span`, `trace.getActiveSpan()`: as it is written. */
  readonly receiverText: string;
  readonly args: readonly Value[];
  readonly argNodes: readonly Node[];
  readonly isNew: boolean;
}

export const argument = (call: Call, index: number): Value => call.args[index] ?? clean();

export const withFrame = (at: At, frame: Partial<Frame>): At => ({
  ...at,
  frame: { ...at.frame, ...frame },
});
