/** The first so many of a set, out of it. */
export function taken<Value>(from: Set<Value>, max: number): readonly Value[] {
  const found: Value[] = [];
  for (const one of from) {
    if (found.length >= max) break;
    from.delete(one);
    found.push(one);
  }
  return found;
}
