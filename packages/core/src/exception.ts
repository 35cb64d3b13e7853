import { LIMITS } from './limits.ts';
import { isObject } from './message.ts';
import { isSafeName } from './names.ts';

/** Where a rule that matches does nothing: who answers for that, why, and until when. */
export interface Exception {
  readonly id: string;
  /** Of the rule: one exception is of one rule. */
  readonly rule: string;
  readonly owner: string;
  readonly reason: string;
  /** From then on it is ignored. */
  readonly expiresMs: number;
  /** All that is named here has to fit the call. */
  readonly only: ExceptionScope;
}

/** What narrows an exception. Names are compared as they are, sign by sign. */
export interface ExceptionScope {
  readonly server?: string;
  /** Of that server: others may offer a tool of the same name. */
  readonly tool?: string;
  /** Digest of the tool's definition: one that was changed since does not fit. */
  readonly definition?: string;
  /** Pseudonym. */
  readonly principal?: string;
  readonly session?: string;
  /** Digest of the arguments, which means nothing in another session. */
  readonly arguments?: string;
  /** Where the call may go: every destination that its arguments name is one of these. */
  readonly destinations?: readonly string[];
}

const MEMBERS = ['id', 'rule', 'owner', 'reason', 'expires', 'only'] as const;
const SCOPE: Readonly<Record<string, (value: unknown) => boolean>> = {
  server: (value) => isName(value),
  tool: (value) => isName(value),
  definition: (value) => isHex(value, 64),
  principal: (value) => isHex(value, 32),
  session: (value) => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value),
  arguments: (value) => isHex(value, 64),
  destinations: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= LIMITS.exceptionDestinationsMax &&
    value.every(isDestination),
};

/** Names as sensors state them; a plain name, or `~` and its digest. */
const isName = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && isSafeName(value.replace(/^~/, ''));
const isHex = (value: unknown, digitsMax: number): boolean =>
  typeof value === 'string' && /^[0-9a-f]{8,}$/.test(value) && value.length <= digitsMax;
/** What looks like it is not it: only ASCII, in lower case. */
const isDestination = (value: unknown): boolean =>
  typeof value === 'string' && /^[!-@[-~]{1,253}$/.test(value);

/**
 * Reads an exception as a file, a rule or the API has it, with `expires` as a date of ISO 8601.
 * Returns what is wrong as a sentence's end, where something is.
 *
 * @param idOf Names one that has no id.
 */
export function readException(
  value: unknown,
  idOf: (value: object) => string,
): { readonly exception: Exception } | { readonly problem: string } {
  if (!isObject(value)) return { problem: 'an exception is an object' };
  const unknown = Object.keys(value).find((key) => !MEMBERS.some((member) => member === key));
  if (unknown !== undefined) return { problem: `unknown member ${unknown.slice(0, 40)}` };
  const { rule, owner, reason, expires, only } = value;
  if (typeof rule !== 'string' || !/^[a-z0-9-]{1,64}$/.test(rule)) return { problem: 'no rule' };
  if (!isLine(owner, OWNER_CHARS_MAX)) return { problem: 'no owner: who answers for it' };
  if (!isLine(reason, LIMITS.reasonCharsMax)) return { problem: 'no reason' };
  const expiresMs = timeOf(expires);
  if (expiresMs === undefined) return { problem: 'no expiry as a date, such as 2027-01-31' };
  const wrong = scopeProblem(only);
  if (wrong !== undefined) return { problem: wrong };
  const id = typeof value.id === 'string' ? value.id : idOf(value);
  if (!/^x-[a-z0-9]{10}$/.test(id)) return { problem: 'the id is none' };
  const scope = only as ExceptionScope;
  return { exception: { id, rule, owner, reason, expiresMs, only: scope } };
}

const OWNER_CHARS_MAX = 64;

const isLine = (value: unknown, charsMax: number): value is string =>
  typeof value === 'string' &&
  value.trim() !== '' &&
  value.length <= charsMax &&
  !/[\u0000-\u001f\u007f-\u009f]/.test(value);

function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}(T[\d:.]{5,12}Z)?$/.test(value))
    return undefined;
  const ms = Date.parse(value.includes('T') ? value : `${value}T23:59:59.999Z`);
  return Number.isFinite(ms) ? ms : undefined;
}

function scopeProblem(only: unknown): string | undefined {
  if (!isObject(only)) return 'nothing narrows it: name a server and tool, or a destination';
  for (const [key, value] of Object.entries(only)) {
    const fits = Object.hasOwn(SCOPE, key) ? SCOPE[key] : undefined;
    if (fits === undefined) return `unknown member only.${key.slice(0, 40)}`;
    if (!fits(value)) return `only.${key} is none`;
  }
  const { server, tool, session, definition } = only;
  if (tool !== undefined && server === undefined) return 'a tool needs its server';
  if (definition !== undefined && tool === undefined) return 'a definition needs its tool';
  if (only.arguments !== undefined && session === undefined) return 'arguments need their session';
  const narrowing = ['server', 'principal', 'session', 'arguments', 'destinations'];
  const isNarrow = narrowing.some((key) => only[key] !== undefined);
  return isNarrow ? undefined : 'nothing narrows it: name a server and tool, or a destination';
}

/** Does it let pass more than one tool, one set of arguments or some destinations? */
export const isBroad = ({ only }: Exception): boolean =>
  only.tool === undefined && only.arguments === undefined && only.destinations === undefined;

/** As files and the API have it. */
export const writeException = ({ expiresMs, ...rest }: Exception): object => ({
  ...rest,
  expires: new Date(expiresMs).toISOString(),
});
