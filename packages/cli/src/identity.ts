import {
  CodedError,
  IDENTITY_LEVELS,
  type IdentityLevel,
  isIdentityLevel,
  levelRank,
  levelWord,
  type Who,
} from '@spoor/core';
import type { Context, Flag } from './command.ts';
import { visible } from './output.ts';

/** Of commands that list what somebody did. */
export const IDENTITY_FLAGS: Readonly<Record<string, Flag>> = {
  identity: {
    type: 'string',
    placeholder: 'LEVEL',
    help: `Only of this level: ${IDENTITY_LEVELS.join(', ')}`,
  },
  'least-proved': { type: 'boolean', help: 'The least proved first, not the newest' },
};

const NAME_CHARS = 40;

/** A name is never shown without its level: it is what the program says of itself. */
export function byLevel(who: Pick<Who, 'agent' | 'level'> | undefined): string {
  if (who === undefined) return '(not about a call)';
  const name = who.agent.length > NAME_CHARS ? `${who.agent.slice(0, NAME_CHARS)}…` : who.agent;
  return `${visible(name)} ${levelWord(who.level)}`;
}

type Flags = Context['flags'];

/** Throws USAGE. */
function levelOf({ identity }: Flags): IdentityLevel | undefined {
  if (identity === undefined || isIdentityLevel(identity)) return identity;
  throw new CodedError('USAGE', `--identity is one of ${IDENTITY_LEVELS.join(', ')}`);
}

/** To be added to a query of the hub's API. Throws USAGE. */
export function identityQuery(flags: Flags): string {
  const level = levelOf(flags);
  const only = level === undefined ? '' : `&identity=${level}`;
  return `${only}${flags['least-proved'] === true ? '&sort=identity' : ''}`;
}

/** The same for rows that came all at once. Throws USAGE. */
export function inOrder<Row extends { readonly level: IdentityLevel }>(
  rows: readonly Row[],
  flags: Flags,
): readonly Row[] {
  const level = levelOf(flags);
  const found = level === undefined ? rows : rows.filter((row) => row.level === level);
  if (flags['least-proved'] !== true) return found;
  return found.toSorted((a, b) => levelRank(a.level) - levelRank(b.level));
}
