import { CodedError, LIMITS } from '@spoor/core';

/** Who says something, why, and below which programs. */
export interface Said {
  /** `ui`, `cli`, or `cli:` and the name of the account. */
  readonly by: string;
  readonly reason: string;
  readonly ancestors: readonly string[];
}

const ACCOUNT = /^[A-Za-z0-9_.@-]{1,64}$/;

/** Throws BAD_REQUEST. */
export function saidOf(body: Readonly<Record<string, unknown>>, isCommand: boolean): Said {
  const { reason = '', who, ancestors } = body;
  if (typeof reason !== 'string' || reason.length > LIMITS.reasonCharsMax || isControl(reason))
    throw new CodedError('BAD_REQUEST', 'reason');
  if (who !== undefined && !(typeof who === 'string' && ACCOUNT.test(who)))
    throw new CodedError('BAD_REQUEST', 'who');
  const by = isCommand ? (who === undefined ? 'cli' : `cli:${who}`) : 'ui';
  return { by, reason, ancestors: ancestorsOf(ancestors) };
}

const isControl = (text: string): boolean => /[\u0000-\u001f\u007f-\u009f]/.test(text);

/** Throws BAD_REQUEST. */
export function ancestorsOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const fits =
    Array.isArray(value) &&
    value.length <= LIMITS.ancestorsMax &&
    value.every((one) => typeof one === 'string' && /^\d{1,10}\.\d{0,20}$/.test(one));
  if (!fits) throw new CodedError('BAD_REQUEST', 'ancestors');
  return value;
}
