import {
  type Alert,
  type CallDetail,
  type CallEntry,
  type CaseView,
  flowInWords,
  type Observation,
  type SessionDetail,
} from '@spoor/core';
import { contentStates, type Leaf } from '@spoor/ledger';
import type { Entries } from '../bus.ts';
import type { Store } from '../store/store.ts';

const OBSERVATIONS_MAX = 2_000;
const ALERTS_MAX = 200;

/** Fingerprints never leave the hub, and lists leave out the projections. */
export function withoutAtoms(o: Observation, projections: boolean): Observation {
  const strip = (facts: Observation['facts']['request']): object => {
    if (facts === undefined) return {};
    const { projection, destinations: _, wording: __, passages: ___, ...rest } = facts;
    return {
      ...rest,
      atoms: [],
      ...(projections && projection !== undefined ? { projection } : {}),
    };
  };
  const { request, result, definitions } = o.facts;
  const { salt: _, ...rest } = o;
  return {
    ...rest,
    facts: {
      ...o.facts,
      ...(request === undefined ? {} : { request: strip(request) as typeof request }),
      ...(result === undefined ? {} : { result: strip(result) as typeof result }),
      ...(definitions === undefined ? {} : { definitions: { ...definitions, tools: [] } }),
    },
  };
}

export function sessionDetail(store: Store, id: string): SessionDetail | undefined {
  const session = store.session(id);
  if (session === undefined) return undefined;
  const observations = store.observations(id, OBSERVATIONS_MAX + 1);
  return {
    session,
    observations: observations
      .slice(-OBSERVATIONS_MAX)
      .map((o) => withoutAtoms(o, o.kind === 'intent')),
    alerts: store.alerts({ open: false, limit: ALERTS_MAX, session: id }),
    // Retention by size takes the oldest rows of a session and leaves its counts.
    partial: observations.length > OBSERVATIONS_MAX || observations.length < session.calls,
  };
}

/** Indexes of the ledger entries about a call: its request and, when it has ended, its result. */
export function callDetail(store: Store, o: Observation, entries: Entries): CallDetail {
  return {
    observation: withoutAtoms(o, true),
    ledger: entries,
    alerts: store.alerts({ open: false, limit: ALERTS_MAX, call: o.id }),
  };
}

export function caseView(store: Store, o: Observation): CaseView {
  const caseId = o.decision?.case ?? '';
  const alert = store
    .alerts({ open: false, limit: ALERTS_MAX, call: o.id })
    .find((one) => one.case === caseId);
  return {
    case: caseId,
    observation: withoutAtoms(o, true),
    ...(alert === undefined ? {} : { alert, rule: alert.rule }),
    why: whyOf(o, alert),
    allowedOnce: o.decision?.reason === 'allowed-once',
    expiresMs: o.decision?.expiresMs ?? 0,
  };
}

function whyOf(o: Observation, alert: Alert | undefined): string[] {
  const did = didOf(o);
  const lines = [
    `${o.tool?.name ?? o.method} on ${o.server.name} ${did}: ${REASONS[o.decision?.reason ?? ''] ?? 'a rule matched'}.`,
  ];
  if (alert !== undefined) {
    lines.push(`Rule ${alert.rule.id} (${alert.rule.level}): ${alert.rule.description.trim()}`);
    for (const [at, step] of alert.detection.path.entries()) {
      lines.push(`${at + 1}. ${step.tool} on ${step.server} — ${step.step}`);
    }
  }
  for (const flow of o.facts.flows) {
    const words = flowInWords(flow, o.tool?.name ?? o.method, o.intent !== undefined);
    lines.push(`${words.charAt(0).toUpperCase()}${words.slice(1)}.`);
  }
  return lines;
}

function didOf({ decision }: Observation): string {
  if (decision?.action === 'ask') return 'waits for a person';
  if (decision?.reason === 'exception') return 'went on';
  if (decision?.wanted !== 'ask')
    return decision?.action === 'allow' ? 'would have been denied (observe)' : 'was denied';
  if (decision.action !== 'allow') return 'was denied';
  return decision.reason.startsWith('approved')
    ? 'was approved'
    : 'would have waited for a person (observe)';
}

const REASONS: Readonly<Record<string, string>> = {
  approved: 'a person let it go on',
  'approved-in-host': 'its user let it go on in the host program',
  refused: 'a person said no',
  'ask-timeout': 'no person answered in time',
  'no-approver': 'nobody could be asked',
  exception: 'an exception of its owner lets it pass',
  stopped: 'it was stopped until somebody resumes it',
  withdrawn: 'its client took it back before a person answered',
  durability: 'its ledger entry could not be brought to disk',
  'fail-closed': 'no hub answered and the tool is sensitive',
};

/** With what the vault holds of each; what is not published lies elsewhere still. */
export function withContents(ledgerPath: string, entries: Entries): Promise<CallEntry[]> {
  const read = async (entry: CallEntry): Promise<CallEntry> => {
    const leaf = JSON.parse(entry.leaf) as Leaf;
    if (leaf.content === undefined) return entry;
    const content =
      entry.state === 'sequenced'
        ? leaf.content.map(({ part }) => ({ part, state: 'sealed' as const }))
        : await contentStates(ledgerPath, leaf);
    return { ...entry, content };
  };
  return Promise.all(entries.map(read));
}
