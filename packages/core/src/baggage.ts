import type { SessionId } from './ids.ts';
import { LIMITS } from './limits.ts';
import { isSafeName } from './names.ts';

/**
 * W3C Baggage behind ordered rules: the first rule that matches a member decides, and what no rule
 * names is dropped.
 */
export interface BaggageRule {
  readonly action: 'keep' | 'drop';
  /** A whole key, or its beginning and `*`. */
  readonly key: string;
}

export const KEEP_ALL: readonly BaggageRule[] = [{ action: 'keep', key: '*' }];
export const DROP_ALL: readonly BaggageRule[] = [];

/** What passed, as it came; undefined where nothing did. */
export interface FilteredBaggage {
  readonly value: string | undefined;
  readonly kept: number;
  /** Members that a rule dropped, or none kept. */
  readonly dropped: number;
  /** Members that are malformed, come twice or stand under a name of ours. */
  readonly refused: number;
  /** Over a limit: nothing of it was read. */
  readonly oversized: boolean;
}

/** Only a sensor's own values stand under these: what comes from outside does not pass. */
const OURS = 'spoor.';

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const VALUE = '[\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e]*';
const BLANK = '[ \\t]*';
const PROPERTY = `${BLANK};${BLANK}${TOKEN}(?:${BLANK}=${BLANK}${VALUE})?`;
const MEMBER = new RegExp(`^(${TOKEN})${BLANK}=${BLANK}${VALUE}(?:${PROPERTY})*$`);

const NOTHING: FilteredBaggage = {
  value: undefined,
  kept: 0,
  dropped: 0,
  refused: 0,
  oversized: false,
};

/** @param value Of the header or the `_meta` key; several headers are joined by commas. */
export function filterBaggage(value: unknown, rules: readonly BaggageRule[]): FilteredBaggage {
  if (value === undefined) return NOTHING;
  if (typeof value !== 'string') return { ...NOTHING, refused: 1 };
  if (isOversized(value)) return { ...NOTHING, oversized: true };
  const members = value
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  if (members.length > LIMITS.baggageMembersMax) return { ...NOTHING, oversized: true };
  const keys = members.map((member) => MEMBER.exec(member)?.[1]);
  const times = count(keys);
  const kept: string[] = [];
  let refused = 0;
  for (const [i, key] of keys.entries()) {
    // Two values of one key: two readers may take different ones.
    if (key === undefined || key.startsWith(OURS) || times.get(key) !== 1) refused += 1;
    else if (actionOf(rules, key) === 'keep') kept.push(members[i] ?? '');
  }
  return {
    value: kept.length === 0 ? undefined : keptText(value, kept),
    kept: kept.length,
    dropped: members.length - kept.length - refused,
    refused,
    oversized: false,
  };
}

/** As it came, if nothing is missing. */
const keptText = (value: string, kept: readonly string[]): string =>
  kept.length === value.split(',').length ? value : kept.join(',');

const encoder = new TextEncoder();
const isOversized = (text: string): boolean =>
  text.length > LIMITS.baggageBytesMax || encoder.encode(text).length > LIMITS.baggageBytesMax;

function count(keys: readonly (string | undefined)[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const key of keys) if (key !== undefined) times.set(key, (times.get(key) ?? 0) + 1);
  return times;
}

const actionOf = (rules: readonly BaggageRule[], key: string): BaggageRule['action'] =>
  rules.find((rule) => matches(rule.key, key))?.action ?? 'drop';

const matches = (pattern: string, key: string): boolean =>
  pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;

const RULE = new RegExp(`^(keep|drop) ((?!\\*.)${TOKEN}|\\*)$`);

/**
 * `keep app.tenant, drop app.*, keep *`. Undefined where a part is no rule, or there are too many;
 * an empty text is no rules.
 */
export function parseBaggageRules(text: string): readonly BaggageRule[] | undefined {
  const parts = text.trim() === '' ? [] : text.split(',').map((part) => part.trim());
  if (parts.length > LIMITS.baggageRulesMax) return undefined;
  const rules: BaggageRule[] = [];
  for (const part of parts) {
    const [, action, key] = RULE.exec(part.replace(/[ \t]+/g, ' ')) ?? [];
    if (action === undefined || key === undefined || key.slice(0, -1).includes('*'))
      return undefined;
    rules.push({ action: action === 'keep' ? 'keep' : 'drop', key });
  }
  return rules;
}

/** What a sensor may say of itself to a peer that is trusted for it: values made by Spoor alone. */
export interface OwnBaggage {
  readonly session?: SessionId;
  /** Name that the owner gave the service. */
  readonly service?: string;
  /** Keyed hash of the user, hexadecimal. */
  readonly user?: string;
}

/** Undefined where nothing is left. A value that has not the form of its kind is left out. */
export function formatOwnBaggage(own: OwnBaggage): string | undefined {
  const { session, service, user } = own;
  const members = [
    session !== undefined && /^[0-9a-f-]{36}$/.test(session) ? `${OURS}session=${session}` : '',
    service !== undefined && isSafeName(service) ? `${OURS}service=${service}` : '',
    user !== undefined && /^[0-9a-f]{8,64}$/.test(user) ? `${OURS}user=${user}` : '',
  ].filter((member) => member !== '');
  return members.length === 0 ? undefined : members.join(',');
}
