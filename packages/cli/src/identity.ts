import {
  CodedError,
  IDENTITY_LEVELS,
  isIdentityLevel,
  levelWord,
  plainName,
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
  const name = plainName(who.agent);
  const cut = name.length > NAME_CHARS ? `${name.slice(0, NAME_CHARS)}…` : name;
  return `${visible(cut)} ${levelWord(who.level)}`;
}

type Flags = Context['flags'];

/** To be added to a query of the hub's API. Throws USAGE. */
export function identityQuery(flags: Flags): string {
  const level = flags.identity;
  if (level !== undefined && !isIdentityLevel(level))
    throw new CodedError('USAGE', `--identity is one of ${IDENTITY_LEVELS.join(', ')}`);
  const only = level === undefined ? '' : `&identity=${level}`;
  return `${only}${flags['least-proved'] === true ? '&sort=identity' : ''}`;
}
