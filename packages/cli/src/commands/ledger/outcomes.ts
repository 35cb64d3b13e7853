import { ERRORS } from '@spoor/core';
import { VERIFY_CODES, type VerifyStatus } from '@spoor/ledger/verify';

interface Outcome {
  readonly exit: number;
  /** In one sentence without a full stop. */
  readonly meaning: string;
}

/** What `verify` can find, and how it then ends; docs/ledger.md has the same table. */
export const OUTCOMES: Readonly<Record<string, Outcome>> = {
  ok: { exit: 0, meaning: 'Everything matches, and somebody else vouches for the length' },
  ...Object.fromEntries(
    Object.entries({ ...VERIFY_CODES, unreadable: 'LEDGER_UNREADABLE' as const }).map(
      ([status, code]) => [status, { exit: ERRORS[code].exit, meaning: ERRORS[code].message }],
    ),
  ),
};

export const exitOf = (status: VerifyStatus): number => OUTCOMES[status]?.exit ?? 70;
