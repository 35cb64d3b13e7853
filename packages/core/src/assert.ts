/** States what must be true here; a failure is a bug in Spoor, never a fault of its input. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Error(`Impossible: ${why}`);
}

/** Marks a branch that the types rule out. */
export function unreachable(value: never, why: string): never {
  throw new Error(`Impossible: ${why} (${JSON.stringify(value)})`);
}
