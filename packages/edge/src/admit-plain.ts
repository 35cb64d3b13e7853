import {
  type Atom,
  CONTENT_CLASSES,
  LIMITS,
  OBSERVATION_KINDS,
  OUTCOMES,
  SEALED_PARTS,
  USAGE_NAMES,
} from '@spoor/core';

/**
 * Most of what sensors say has the same few members. Those are checked here by hand, as the schema
 * in `admit.ts` checks them, in half its time. What has any other member, or is wrong, is left to
 * the schema: a plain request is one that the schema would let pass as it is.
 */

type Test = (value: unknown) => boolean;

const matches =
  (form: RegExp): Test =>
  (value) =>
    typeof value === 'string' && form.test(value);
const text =
  (charsMax: number, charsMin = 0): Test =>
  (value) =>
    typeof value === 'string' && value.length <= charsMax && value.length >= charsMin;
const oneOf = (words: readonly string[]): Test => {
  const known = new Set<unknown>(words);
  return (value) => known.has(value);
};
const list =
  (item: Test, lengthMax: number): Test =>
  (value) =>
    Array.isArray(value) && value.length <= lengthMax && value.every(item);

/** No other members than these, and all that are required. */
function shape(
  required: Readonly<Record<string, Test>>,
  optional: Readonly<Record<string, Test>> = {},
): Test {
  const tests = new Map(Object.entries({ ...required, ...optional }));
  const isRequired = new Set(Object.keys(required));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const members = value as Record<string, unknown>;
    let missing = isRequired.size;
    // What was read from JSON has no members but its own.
    for (const name in members) {
      if (tests.get(name)?.(members[name]) !== true) return false;
      if (isRequired.has(name)) missing -= 1;
    }
    return missing === 0;
  };
}

const COUNT: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const NUMBER: Test = (value) => Number.isFinite(value);
const AMOUNT: Test = (value) =>
  Number.isFinite(value) && (value as number) >= 0 && (value as number) <= LIMITS.usageMax;
const FLAG: Test = (value) => typeof value === 'boolean';
const NAME = text(LIMITS.nameCharsMax, 1);
const DIGEST = matches(/^[0-9a-f]{8,64}$/);
const UUID = matches(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const SPAN_ID = matches(/^(?!0+$)[0-9a-f]{16}$/);
const TRACE_PARENT = shape({ trace: matches(/^(?!0+$)[0-9a-f]{32}$/), parent: SPAN_ID });

const ATOM_KINDS = oneOf(['value', 'email', 'url', 'host', 'number', 'path', 'token', 'line']);
const CLASSES: ReadonlySet<unknown> = new Set(CONTENT_CLASSES);
const PRINT = /^[0-9a-f]{16}$/;
const ATOM_MEMBERS: ReadonlySet<string> = new Set([
  'print',
  'kind',
  'at',
  'destination',
  'instructionLike',
  'class',
  'decoded',
]);

/** A page of text has two thousand atoms: this is the hub's hottest loop. */
export function isAtom(value: unknown): value is Atom {
  if (typeof value !== 'object' || value === null) return false;
  const { print, kind, at } = value as Partial<Atom>;
  const placed = typeof at === 'string' && at.length <= 256;
  if (!placed || typeof print !== 'string' || !PRINT.test(print)) return false;
  return ATOM_KINDS(kind) && hasAtomMarks(value);
}

function hasAtomMarks(atom: Partial<Atom>): boolean {
  const isMark = (mark: unknown): boolean => mark === undefined || typeof mark === 'boolean';
  const { destination, instructionLike, decoded } = atom;
  if (!isMark(destination) || !isMark(instructionLike) || !isMark(decoded)) return false;
  return atom.class === undefined || CLASSES.has(atom.class);
}

const isPlainAtom = (value: unknown): boolean => isAtom(value) && hasKnownMembers(value);

function hasKnownMembers(atom: Atom): boolean {
  for (const name in atom) if (!ATOM_MEMBERS.has(name)) return false;
  return true;
}

/** Copies only an atom that holds more than it should. */
export function knownMembers(atom: Atom): Atom {
  if (hasKnownMembers(atom)) return atom;
  const known = Object.entries(atom).filter(([name]) => ATOM_MEMBERS.has(name));
  return Object.fromEntries(known) as unknown as Atom;
}

const PATH = shape({
  path: text(256),
  type: oneOf(['string', 'number', 'boolean', 'null', 'object', 'array']),
  bytes: COUNT,
});

const MATCHES = shape({ set: DIGEST, ids: list(DIGEST, LIMITS.contentTestsMax) });

const CONTENT_FACTS = shape(
  {
    bytes: COUNT,
    depth: COUNT,
    paths: list(PATH, LIMITS.argumentPathsMax),
    classes: list(shape({ class: oneOf(CONTENT_CLASSES), count: COUNT }), CONTENT_CLASSES.length),
    externalDestinations: COUNT,
    instructionLike: FLAG,
    hiddenText: FLAG,
    digest: DIGEST,
    atoms: list(isPlainAtom, LIMITS.atomsMax),
    truncated: FLAG,
  },
  {
    projection: text(LIMITS.projectionCharsMax),
    matched: MATCHES,
    usage: shape({}, Object.fromEntries(USAGE_NAMES.map((name) => [name, AMOUNT]))),
    wording: text(LIMITS.wordingCharsMax),
    passages: shape({
      at: list(text(256), LIMITS.passageTextsMax),
      prints: text(LIMITS.passagePrintsCharsMax),
    }),
    destinations: list(matches(PRINT), LIMITS.destinationsPerCallMax),
  },
);

const CAUSE = shape(
  {
    kind: oneOf(['user', 'tool', 'server', 'unknown']),
    evidence: oneOf(['trace', 'input', 'containment', 'intent', 'none']),
  },
  { parent: UUID },
);

const SENSED = shape(
  {
    id: UUID,
    kind: oneOf(OBSERVATION_KINDS),
    startMs: NUMBER,
    method: text(64),
    era: oneOf(['legacy', 'modern', 'unknown']),
    span: SPAN_ID,
    cause: CAUSE,
    outcome: oneOf(OUTCOMES),
  },
  {
    endMs: NUMBER,
    tool: NAME,
    requestId: text(24),
    protocolVersion: text(10),
    traceparent: TRACE_PARENT,
    given: TRACE_PARENT,
    request: CONTENT_FACTS,
    result: CONTENT_FACTS,
    errorType: text(32),
  },
);

const SEALED = list(
  shape({
    meta: shape({
      part: oneOf(SEALED_PARTS),
      bytes: COUNT,
      cipher: DIGEST,
      commit: DIGEST,
      mac: DIGEST,
      kek: matches(/^[A-Za-z0-9_-]{1,64}$/),
    }),
    length: COUNT,
  }),
  4,
);

const OBSERVED = shape(
  { op: oneOf(['begin', 'end']), id: COUNT, observation: SENSED, sealed: SEALED },
  { quiet: (value) => value === true },
);

/** Is it a `begin` or an `end` as sensors mostly send them? */
export const isPlainObserved = (json: unknown): boolean => OBSERVED(json);
