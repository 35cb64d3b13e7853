import type { Asked, SessionWording } from './memory.ts';

/** What a session's memory of words is in a snapshot. */
export interface StoredWording {
  readonly flags: number;
  readonly prompt: readonly number[];
  readonly promptSentences: readonly (readonly [number, readonly number[]])[];
  readonly asked: readonly (Omit<Asked, 'prints'> & { readonly prints: readonly number[] })[];
  readonly told: readonly number[];
  readonly plain: readonly number[];
  readonly ordered: readonly number[];
  readonly used: readonly string[];
  readonly named: readonly number[];
  readonly turns: number;
}

export function storeWording(memory: SessionWording): StoredWording {
  const { flags, prompt, promptSentences, asked, told, plain, ordered, used, named } = memory;
  return {
    flags,
    prompt: [...prompt],
    promptSentences: promptSentences.map(({ acts, prints }) => [acts, [...prints]]),
    asked: asked.map((one) => ({ ...one, prints: [...one.prints] })),
    told: [...told],
    plain: [...plain],
    ordered: [...ordered],
    used: [...used],
    named: [...named],
    turns: memory.turns,
  };
}

export function restoreWording(stored: StoredWording): SessionWording {
  const { flags, prompt, promptSentences, asked, told, plain, ordered, used, named } = stored;
  return {
    flags,
    prompt: new Set(prompt),
    promptSentences: promptSentences.map(([acts, prints]) => ({
      acts,
      prints: Uint32Array.from(prints),
    })),
    asked: asked.map((one) => ({ ...one, prints: Uint32Array.from(one.prints) })),
    told: new Set(told),
    plain: new Set(plain),
    ordered: new Set(ordered),
    used: new Set(used),
    named: new Set(named),
    turns: stored.turns,
    dropped: 0,
  };
}
