import { userInfo } from 'node:os';
import { findHost } from '@spoor/sensor/host';
import type { Context, Flag } from './command.ts';

/** Of commands whose words stand in the ledger. */
export const SAID_FLAGS: Readonly<Record<string, Flag>> = {
  reason: { type: 'string', placeholder: 'TEXT', help: 'Why; it stands in the ledger' },
};

/** Who says it, why, and below which programs. */
export function saidBy({ reason }: Context['flags']): object {
  const who = userInfo()
    .username.replace(/[^A-Za-z0-9_.@-]/g, '_')
    .slice(0, 64);
  return {
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(who === '' ? {} : { who }),
    ancestors: ancestorsHere(),
  };
}

/** Processes above this one, as `pid.start`. */
export const ancestorsHere = (): readonly string[] =>
  findHost().ancestors.map(({ pid, start }) => `${pid}.${start}`);
