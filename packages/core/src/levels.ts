import type { Principal } from './observation.ts';

/**
 * How far a name is proved. Only the hub's verifier says so; see `docs/identity.md`. From the least
 * proved on, which is the order of lists: what two sources tell differently needs a look first.
 */
export const IDENTITY_LEVELS = ['conflict', 'unverified', 'attested', 'verified'] as const;
export type IdentityLevel = (typeof IDENTITY_LEVELS)[number];

/** Shapes, so that levels differ without colour too. */
export const LEVEL_GLYPHS: Readonly<Record<IdentityLevel, string>> = {
  conflict: '✕',
  unverified: '○',
  attested: '◐',
  verified: '●',
};

export const isIdentityLevel = (value: unknown): value is IdentityLevel =>
  IDENTITY_LEVELS.some((level) => level === value);

/** 0 is the least proved. */
export const levelRank = (level: IdentityLevel): number => IDENTITY_LEVELS.indexOf(level);

/** The level as it stands beside a name, on a screen or in a terminal. */
export const levelWord = (level: IdentityLevel): string => `${LEVEL_GLYPHS[level]} ${level}`;

/** A name that somebody chose, without the shapes: none can wear a level of its own making. */
export const plainName = (name: string): string => name.replace(/[✕○◐●]/gu, '?');

/** Who stood behind what was found: a program, and how far it is proved on whose behalf. */
export type Who = Pick<Principal, 'level' | 'pseudonym' | 'agent' | 'evidence'>;

export const whoOf = ({ level, pseudonym, agent, evidence }: Principal): Who => ({
  level,
  pseudonym,
  agent,
  evidence,
});
