/**
 * One value for the whole process: the ESM and the CJS copy of this package must see the same, or
 * each would instrument what the other has.
 */
export function processWide<Value>(name: string, make: () => Value): Value {
  const held = globalThis as Record<symbol, unknown>;
  const key = Symbol.for(`spoor.instrument.${name}`);
  held[key] ??= make();
  return held[key] as Value;
}
