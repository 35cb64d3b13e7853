import { nearest } from '@spoor/core';
import { RuleFault } from './document.ts';

const NAMES = [
  'all',
  'neq',
  'expand',
  'windash',
  'utf16',
  'utf16le',
  'utf16be',
  'wide',
  'base64',
  'base64offset',
  'contains',
  'startswith',
  'endswith',
  'cased',
  're',
  'cidr',
  'exists',
  'fieldref',
  'lt',
  'lte',
  'gt',
  'gte',
  'i',
  'm',
  's',
] as const;
export type Modifier = (typeof NAMES)[number];

/** What a modifier does to a test; those of one family exclude each other. */
type Family = 'link' | 'form' | 'place' | 'wide' | 'base64' | 'type' | 'flag';

const FAMILIES: Readonly<Record<Modifier, Family>> = {
  all: 'link',
  neq: 'link',
  expand: 'form',
  windash: 'form',
  utf16: 'wide',
  utf16le: 'wide',
  utf16be: 'wide',
  wide: 'wide',
  base64: 'base64',
  base64offset: 'base64',
  contains: 'place',
  startswith: 'place',
  endswith: 'place',
  cased: 'place',
  re: 'type',
  cidr: 'type',
  exists: 'type',
  fieldref: 'type',
  lt: 'type',
  lte: 'type',
  gt: 'type',
  gte: 'type',
  i: 'flag',
  m: 'flag',
  s: 'flag',
};

/** Does it say how a text is compared? The others compare numbers, addresses and other fields. */
export const isOfText = (modifier: Modifier): boolean =>
  modifier === 're' || !['link', 'type'].includes(FAMILIES[modifier]);

/** Other names of the same. */
const ALIASES: Readonly<Record<string, Modifier>> = {
  ignorecase: 'i',
  multiline: 'm',
  dotall: 's',
};

/** What each type may stand beside, but for `neq`. */
const BESIDE: Readonly<Partial<Record<Modifier, readonly Modifier[]>>> = {
  re: ['all', 'expand', 'i', 'm', 's'],
  cidr: ['all', 'expand'],
  fieldref: ['all', 'contains', 'startswith', 'endswith', 'cased'],
};

/** Reads the modifiers of one field, in order; those that make no sense together are a fault. */
export function readModifiers(names: readonly string[], node: unknown): readonly Modifier[] {
  const modifiers = names.map((name) => modifierNamed(name, node));
  for (const [at, name] of modifiers.entries()) {
    const fault = faultOf(name, at, modifiers);
    if (fault !== undefined) throw new RuleFault('modifier', node, `“${name}” ${fault}`);
  }
  return modifiers;
}

function modifierNamed(name: string, node: unknown): Modifier {
  const found = NAMES.find((candidate) => candidate === (ALIASES[name] ?? name));
  if (found !== undefined) return found;
  const near = nearest(name, NAMES);
  throw new RuleFault(
    'unknown-modifier',
    node,
    `unknown modifier “${name}”; did you mean “${near}”?`,
  );
}

/** Sigma applies modifiers in their order, so the order can be wrong. */
function faultOf(name: Modifier, at: number, all: readonly Modifier[]): string | undefined {
  const before = all.slice(0, at);
  if (before.includes(name)) return 'is written twice';
  switch (FAMILIES[name]) {
    case 'flag':
      return before.includes('re') ? undefined : 'is a flag of “re” and stands after it';
    case 'type':
      return typeFault(
        name,
        before,
        all.filter((_, index) => index !== at),
      );
    case 'form':
    case 'wide':
    case 'base64':
      return changeFault(name, before);
    default:
      return undefined;
  }
}

const ofFamily = (names: readonly Modifier[], family: Family): Modifier | undefined =>
  names.find((one) => FAMILIES[one] === family);

/** Of modifiers that change the value. */
function changeFault(name: Modifier, before: readonly Modifier[]): string | undefined {
  const family = FAMILIES[name];
  const late = ofFamily(before, 'place');
  if (late !== undefined) return `stands before “${late}”, not after it`;
  const twin = family === 'form' ? undefined : ofFamily(before, family);
  if (twin !== undefined) return `excludes “${twin}”`;
  if (family === 'wide' && ofFamily(before, 'base64') !== undefined)
    return 'stands before the base64 modifier, not after it';
  const first = before.every((one) => FAMILIES[one] === 'link' || FAMILIES[one] === 'type');
  return name === 'expand' && !first
    ? 'stands first: it makes the values that others change'
    : undefined;
}

function typeFault(
  name: Modifier,
  before: readonly Modifier[],
  others: readonly Modifier[],
): string | undefined {
  const beside = BESIDE[name] ?? [];
  const wrong = others.find((one) => one !== 'neq' && !beside.includes(one));
  if (wrong !== undefined) return `and “${wrong}” do not go together`;
  const early = ofFamily(before, 'place');
  return name === 'fieldref' && early !== undefined ? `stands before “${early}”` : undefined;
}
