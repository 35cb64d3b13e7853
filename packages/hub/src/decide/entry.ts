import {
  type Decision,
  type IntentRef,
  type Mask,
  type MaskPart,
  type Observation,
  SPEND_PARTS,
} from '@spoor/core';
import type { Step } from '@spoor/detect';
import type { Appended, Entry, Ledger } from '@spoor/ledger';
import type { DetectionRecord } from '../bus.ts';
import { blind } from './blind.ts';

/** The ledger's entry about an observation: bindings and digests, no content. */
export function entryOf(kind: Entry['kind'], o: Observation): Entry {
  const facts = factsOf(kind, o);
  return {
    kind,
    ...(o.node === undefined ? {} : { node: o.node }),
    seq: o.seq,
    call: o.id,
    session: o.session.id,
    episode: o.session.episode,
    trace: o.trace.trace,
    span: o.trace.span,
    ...(o.trace.parent === undefined ? {} : { parent: o.trace.parent }),
    // Nothing is sampled before it is over.
    ...(o.outcome === 'pending' ? {} : { sampled: o.trace.sampled }),
    time: {
      start: Math.round(o.time.startMs),
      ...(o.time.endMs === undefined ? {} : { end: Math.round(o.time.endMs) }),
    },
    mcp: mcpOf(o),
    outcome: o.outcome,
    ...(o.errorType === undefined ? {} : { error: o.errorType }),
    identity: {
      level: o.principal.level,
      pseudonym: o.principal.pseudonym,
      agent: o.principal.agent,
      evidence: [...o.principal.evidence, ...(o.principal.bindings ?? [])],
    },
    cause: o.cause,
    ...(o.intent === undefined ? {} : { intent: intentOf(o, o.intent) }),
    ...(facts === undefined ? {} : { facts: blind(o, facts) }),
    ...detailOf(kind, o),
    ...(o.decision === undefined ? {} : { decision: decisionOf(o.decision) }),
    covered: o.covered,
  };
}

/**
 * What the call costs, in millionths of a unit, since a leaf knows whole numbers alone: sums of
 * budgets can be made from entries.
 */
function detailOf(kind: Entry['kind'], { facts, masked }: Observation): Pick<Entry, 'detail'> {
  if (kind !== 'call.request' && kind !== 'call.result') return {};
  const { charged = 0 } = facts.spend ?? {};
  const detail = {
    ...(charged > 0 ? { cost: Math.round(charged * SPEND_PARTS) } : {}),
    ...(masked === undefined ? {} : { masked: { ...masked } }),
  };
  return Object.keys(detail).length === 0 ? {} : { detail };
}

/** Keyed digest of the facts that the entry is about. */
function factsOf(kind: Entry['kind'], { facts, outcome }: Observation): string | undefined {
  if (kind === 'definitions') return facts.definitions?.digest;
  const asked = kind === 'call.request' || kind === 'intent';
  const request = asked || outcome === 'pending' || outcome === 'denied';
  return (request ? facts.request : facts.result)?.digest;
}

const mcpOf = (o: Observation): NonNullable<Entry['mcp']> => ({
  method: o.method,
  era: o.era,
  server: o.server.name,
  transport: o.server.transport,
  ...(o.tool === undefined ? {} : { tool: o.tool.name, labels: o.tool.labels }),
  ...(o.resource === undefined ? {} : { resource: resourceOf(o, o.resource) }),
  ...(o.prompt === undefined ? {} : { prompt: o.prompt }),
  ...(o.tool?.definition === undefined ? {} : { definition: o.tool.definition }),
});

/** Leaves have no brackets in a text: lists are told by `@`. */
function decisionOf(decision: Decision): Decision {
  const { mask } = decision;
  if (mask === undefined) return decision;
  const plain = (part: MaskPart): MaskPart => ({
    ...part,
    ...(part.fields && { fields: part.fields.map((path) => path.replaceAll('[]', '@')) }),
  });
  const parts = Object.entries(mask).map(([of, part]) => [of, plain(part as MaskPart)]);
  return { ...decision, mask: Object.fromEntries(parts) as Mask };
}

/** A cluster is a hash of a prompt by a key that the hub keeps. */
const intentOf = (o: Observation, { cluster, embedding, covers }: IntentRef): IntentRef => ({
  cluster: blind(o, cluster),
  covers,
  ...(embedding === undefined ? {} : { embedding: blind(o, embedding) }),
});

const resourceOf = (o: Observation, resource: string): string => {
  const [scheme = ''] = resource.split(':');
  return `${scheme}:${blind(o, resource)}`;
};

export const withLedger = (o: Observation, appended: Appended | undefined): Observation =>
  appended === undefined
    ? o
    : { ...o, ledger: { index: appended.index, leafHash: appended.leafHash } };

/** Where an alert stands in the ledger, and the newest checkpoint of that time. */
export const evidenceOf = (
  appended: Appended | undefined,
  { published }: Pick<Ledger, 'published'>,
): Pick<DetectionRecord, 'ledgerIndex' | 'leafHash' | 'checkpoint'> => ({
  ...(appended === undefined ? {} : { ledgerIndex: appended.index, leafHash: appended.leafHash }),
  ...(published === undefined ? {} : { checkpoint: published.note }),
});

export function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** With the rules that matched on it, now and when it began. */
export function detected({
  observation,
  detections,
}: Pick<Step, 'observation' | 'detections'>): Observation {
  if (detections.length === 0) return observation;
  const rules = detections.map(({ rule }) => rule.id);
  return { ...observation, detected: [...new Set([...(observation.detected ?? []), ...rules])] };
}
