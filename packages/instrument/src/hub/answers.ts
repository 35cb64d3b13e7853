import {
  type Decision,
  type FailByLabel,
  isCaseId,
  isLabel,
  isObject,
  type JsonObject,
  type Label,
  parseFail,
  type StopNotice,
} from '@spoor/core';

/** What a hub says, read as bytes from outside are: what has not its form is not there. */

export interface Known {
  readonly labels: readonly Label[];
  readonly hold: boolean;
}

export interface Begun extends Known {
  readonly decision: Decision;
  readonly waitMs: number | undefined;
  /** What goes on in place of the message. */
  readonly masked: JsonObject | undefined;
}

export interface Policy {
  readonly mode: 'observe' | 'enforce';
  /** Could any rule deny a call? */
  readonly enforces: boolean;
  readonly fail: FailByLabel;
}

export function begunOf(ok: JsonObject | undefined): Begun | undefined {
  const decision = decisionOf(ok?.decision);
  if (ok === undefined || decision === undefined) return undefined;
  const waitMs = typeof ok.waitMs === 'number' ? ok.waitMs : undefined;
  return { ...knownOf(ok), decision, waitMs, masked: maskedOf(ok) };
}

export function maskedOf(ok: JsonObject | undefined): JsonObject | undefined {
  if (typeof ok?.masked !== 'string') return undefined;
  const masked: unknown = JSON.parse(ok.masked);
  return isObject(masked) ? masked : undefined;
}

export const knownOf = (said: JsonObject): Known => ({
  labels: Array.isArray(said.labels)
    ? said.labels.filter((label) => typeof label === 'string' && isLabel(label))
    : [],
  hold: said.hold === true,
});

const ACTIONS: ReadonlySet<unknown> = new Set(['allow', 'deny', 'modify', 'ask', 'defer']);

export function decisionOf(said: unknown): Decision | undefined {
  if (!isObject(said) || !ACTIONS.has(said.action)) return undefined;
  return said as unknown as Decision;
}

export function stopOf(said: unknown): Partial<StopNotice> | undefined {
  if (!isObject(said)) return undefined;
  const { case: caseId, whole } = said;
  const named = typeof caseId === 'string' && isCaseId(caseId) ? { case: caseId } : {};
  return { ...named, whole: whole === true };
}

export function policyOf(said: unknown, server: string): Policy {
  const { mode, rules, servers, fail } = isObject(said) ? said : ({} as JsonObject);
  const own = isObject(servers) && Object.hasOwn(servers, server) ? servers[server] : mode;
  const some = isObject(rules) && Object.values(rules).includes('enforce');
  const effective = own === 'enforce' ? 'enforce' : 'observe';
  return { mode: effective, enforces: effective === 'enforce' || some, fail: failOf(fail) };
}

const failOf = (said: unknown): FailByLabel => {
  const parts = isObject(said) ? Object.entries(said).map((one) => one.join('=')) : [];
  return (parts.length === 0 ? undefined : parseFail(parts.join())) ?? {};
};
