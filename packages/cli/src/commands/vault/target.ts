import { CodedError } from '@spoor/core';
import type { Context } from '../../command.ts';

/** What the flags name, as the hub takes it. */
export type TargetBody = Readonly<Record<string, string | number>>;

const NAMES = ['call', 'session', 'person', 'before', 'period'] as const;

/** @throws CodedError VAULT_TARGET unless exactly one is named */
export function targetOf({ flags }: Context): TargetBody {
  const given = NAMES.filter((name) => flags[name] !== undefined);
  const [name] = given;
  if (name === undefined || given.length > 1) throw new CodedError('VAULT_TARGET');
  const value = String(flags[name]);
  if (name === 'before') return { kind: 'period', fromMs: 0, toMs: timeOf(value) };
  if (name !== 'period') return { kind: name, [name]: value };
  const [from = '', to = '', ...more] = value.split('..');
  if (more.length > 0) throw new CodedError('VAULT_TARGET', value);
  return { kind: 'period', fromMs: timeOf(from), toMs: timeOf(to) };
}

/** @throws CodedError VAULT_TARGET where it is no date */
export function timeOf(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new CodedError('VAULT_TARGET', `${text} is no date`);
  return ms;
}
