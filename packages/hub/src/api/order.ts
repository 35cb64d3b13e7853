import {
  CodedError,
  type IdentityLevel,
  isIdentityLevel,
  levelRank,
  type SessionView,
} from '@spoor/core';
import type { Context } from 'hono';
import type { PageRequest } from '../store/store.ts';

/** Which rows a list has, and which come first. */
export type Order = Pick<PageRequest, 'identity' | 'leastProvedFirst'>;

/** Throws BAD_REQUEST: a slip must not show other rows than were meant. */
export function orderOf(c: Context): Order {
  const { identity, sort } = c.req.query();
  if (identity !== undefined && !isIdentityLevel(identity))
    throw new CodedError('BAD_REQUEST', 'identity');
  if (sort !== undefined && sort !== 'newest' && sort !== 'identity')
    throw new CodedError('BAD_REQUEST', 'sort');
  return {
    ...(identity === undefined ? {} : { identity }),
    ...(sort === 'identity' ? { leastProvedFirst: true } : {}),
  };
}

const CURSOR = /^(?:([a-z]{1,16})\.)?(\d{1,15})\.([0-9a-f-]{36})$/;

/** Throws BAD_REQUEST where it is no cursor of this order. */
export function cursorOf(c: Context, { leastProvedFirst }: Order): Pick<PageRequest, 'before'> {
  const text = c.req.query('before');
  if (text === undefined || text === '') return {};
  const [, level, lastMs, id] = CURSOR.exec(text) ?? [];
  if (lastMs === undefined || id === undefined) throw new CodedError('BAD_REQUEST', 'before');
  const before = { lastMs: Number(lastMs), id };
  if (leastProvedFirst !== true && level === undefined) return { before };
  if (leastProvedFirst !== true || !isIdentityLevel(level))
    throw new CodedError('BAD_REQUEST', 'before');
  return { before: { ...before, level } };
}

export const cursorAfter = (
  { lastMs, id, level }: SessionView,
  { leastProvedFirst }: Order,
): string => `${leastProvedFirst === true ? `${level}.` : ''}${lastMs}.${id}`;

/** The same for rows that are in memory, which keep their order among equals. */
export function inOrder<Row extends { readonly level: IdentityLevel }>(
  rows: readonly Row[],
  { identity, leastProvedFirst }: Order,
): readonly Row[] {
  const found = identity === undefined ? rows : rows.filter(({ level }) => level === identity);
  if (leastProvedFirst !== true) return found;
  return found.toSorted((a, b) => levelRank(a.level) - levelRank(b.level));
}
