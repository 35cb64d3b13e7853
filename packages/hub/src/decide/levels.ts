import {
  CodedError,
  failsClosed,
  isLabel,
  LABELS,
  type Label,
  type Policy,
  SENSITIVE_LABELS,
} from '@spoor/core';
import { ACK_LEVELS, type AckLevel } from '@spoor/ledger';

const WITHIN_MS = 5_000;

/** How sure the entry of a call must be before the call goes on, by the labels of its tool. */
export class Levels {
  /** What a call waits for publication or witnesses, where it has to. */
  readonly withinMs: number;
  readonly #levels: ReadonlyMap<Label, AckLevel>;

  constructor(levels: ReadonlyMap<Label, AckLevel> = new Map(), withinMs: number = WITHIN_MS) {
    this.#levels = levels;
    this.withinMs = withinMs;
  }

  /** The strictest that any of them asks for; a sensitive one asks for `durable` by itself. */
  of(labels: readonly Label[], policy: Pick<Policy, 'fail'> = {}): AckLevel {
    const needed = labels.map((label) => {
      const isSensitive = SENSITIVE_LABELS.has(label) || failsClosed(policy, [label]);
      const level = this.#levels.get(label) ?? (isSensitive ? 'durable' : 'buffered');
      return ACK_LEVELS.indexOf(level);
    });
    return ACK_LEVELS[Math.max(0, ...needed)] ?? 'buffered';
  }
}

/** Reads `destructive=witnessed,egress=integrated`. @throws CodedError CONFIG_BAD_VALUE */
export function parseLevels(text: string, withinMs: number): Levels {
  const levels = new Map<Label, AckLevel>();
  for (const part of text.split(',')) {
    const [label = '', level = ''] = part.split('=').map((word) => word.trim());
    const known = ACK_LEVELS.find((one) => one === level);
    if (!isLabel(label) || known === undefined) {
      const forms = `label=level; labels are ${LABELS.join(', ')}; levels ${ACK_LEVELS.join(', ')}`;
      throw new CodedError('CONFIG_BAD_VALUE', `ledger.levels: ${part.trim()}: ${forms}`);
    }
    levels.set(label, known);
  }
  return new Levels(levels, withinMs);
}
