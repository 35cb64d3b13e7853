import { CodedError, LIMITS, type RulesView } from '@spoor/core';
import { compileRules, type RuleFile, type RuleSet } from '@spoor/detect';
import type { Hono } from 'hono';
import { type Replaying, replayStore } from '../replay.ts';
import { bodyOf } from './body.ts';

interface ReplayRoutes {
  readonly storePath: string;
  readonly state: () => { readonly rules: RulesView };
}

/**
 * Rules over what the store has: those that are loaded, one of them, or a text that is given. One
 * at a time; a client that goes away breaks it off.
 */
export function replayRoutes(app: Hono, { storePath, state }: ReplayRoutes): void {
  let isBusy = false;
  app.post('/api/v1/rules/replay', async (c) => {
    const { rule, rules, against, ...rest } = await bodyOf(c);
    const replaying: Replaying = {
      rules: chosen(rule, rules, state().rules),
      ...(against === undefined ? {} : { against: compiled('against', against) }),
      ...rangeOf(rest),
      limit: LIMITS.replayHistoryMax,
      signal: c.req.raw.signal,
    };
    if (isBusy) throw new CodedError('REPLAY_BUSY');
    isBusy = true;
    try {
      return c.json(await replayStore(storePath, replaying));
    } finally {
      isBusy = false;
    }
  });
}

function rangeOf({
  fromMs,
  toMs,
  session,
}: Readonly<Record<string, unknown>>): Pick<Replaying, 'fromMs' | 'toMs' | 'session'> {
  const isTime = (value: unknown): boolean => value === undefined || Number.isSafeInteger(value);
  if (!isTime(fromMs) || !isTime(toMs)) throw new CodedError('BAD_REQUEST', 'fromMs, toMs');
  if (session !== undefined && typeof session !== 'string')
    throw new CodedError('BAD_REQUEST', 'session');
  return {
    ...(fromMs === undefined ? {} : { fromMs: Number(fromMs) }),
    ...(toMs === undefined ? {} : { toMs: Number(toMs) }),
    ...(session === undefined ? {} : { session }),
  };
}

function chosen(rule: unknown, text: unknown, { rules }: RulesView): RuleSet {
  if (text !== undefined) return compiled('rules', text);
  const files = new Map(rules.map(({ path, source }) => [path, source]));
  if (rule === undefined)
    return compileRules([...files].map(([path, text]) => ({ path, text }))).rules;
  const one = rules.find(({ id }) => id === rule);
  if (one === undefined) throw new CodedError('NOT_FOUND', `rule ${String(rule)}`);
  return onlyRule(compileRules([{ path: one.path, text: one.source }]).rules, one.id);
}

/** A file may hold several rules. */
const onlyRule = (set: RuleSet, id: string): RuleSet => ({
  ...set,
  rules: set.rules.filter(({ ref, silent }) => ref.id === id || silent === true),
});

function compiled(path: string, text: unknown): RuleSet {
  if (typeof text !== 'string') throw new CodedError('BAD_REQUEST', path);
  const file: RuleFile = { path, text };
  const { rules, problems } = compileRules([file]);
  const [problem] = problems;
  if (problem === undefined) return rules;
  const { line, column, message } = problem;
  throw new CodedError('BAD_REQUEST', `${path}:${line}:${column} ${message}`);
}
