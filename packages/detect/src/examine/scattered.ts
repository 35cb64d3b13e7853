import type { Reading } from './reading.ts';
import { beginsSecret } from './secrets.ts';

/** Members of one object that can be parts of one value. */
const PARTS_MAX = 3;
const PART_CHARS_MAX = 128;
const MEMBERS_MAX = 64;

/** A credential that stands in parts, in members that follow each other. */
export function readScattered(reading: Reading, object: object): void {
  const values = Object.values(object).slice(0, MEMBERS_MAX);
  for (const [at, first] of values.entries()) {
    if (!isPart(first) || beginsSecret(first)) continue;
    let joined = first;
    for (const next of values.slice(at + 1, at + PARTS_MAX)) {
      if (!isPart(next)) break;
      joined += next;
      if (!beginsSecret(joined)) continue;
      reading.count('secret');
      return;
    }
  }
}

const isPart = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length > 3 &&
  value.length <= PART_CHARS_MAX &&
  !value.includes(' ');
