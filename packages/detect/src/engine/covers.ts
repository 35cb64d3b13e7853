import { type Atom, type IntentRef, type Label, LIMITS, type Observation } from '@spoor/core';
import type { ActionFamily } from '../examine/actions.ts';
import { actionOf } from '../examine/intent.ts';

/** What a prompt must ask for before a tool with the label does what it was asked for. */
const FAMILIES: Readonly<Record<Label, readonly ActionFamily[]>> = {
  'reads-pii': ['read'],
  'reads-secrets': ['read'],
  'reads-untrusted': ['read'],
  'reads-private': ['read'],
  egress: ['send', 'share', 'publish'],
  'shares-externally': ['share', 'publish'],
  'executes-code': ['run'],
  destructive: ['delete', 'write'],
  financial: ['pay'],
  privileged: ['grant'],
  costly: ['run', 'write'],
};

/** What the prompts of one session hold, as fingerprints. */
export interface SessionIntent {
  /** Fingerprints of all its prompts: what the user named once stays named. */
  readonly prints: Set<string>;
  /**
   * Of the newest prompt that asks for anything: \u201cyes, go on\u201d asks for what came before.
   */
  actions: readonly ActionFamily[];
  cluster: string;
  dropped: number;
}

export function newSessionIntent(): SessionIntent {
  return { prints: new Set(), actions: [], cluster: '', dropped: 0 };
}

/** Takes in one prompt. */
export function addIntent(intent: SessionIntent, observation: Observation): void {
  const atoms = observation.facts.request?.atoms ?? [];
  const actions = atoms.flatMap(({ at }) => actionOf(at) ?? []);
  if (actions.length > 0) intent.actions = actions;
  intent.cluster = observation.intent?.cluster ?? intent.cluster;
  for (const atom of atoms) if (actionOf(atom.at) === undefined) intent.prints.add(atom.print);
  for (const print of intent.prints) {
    if (intent.prints.size <= LIMITS.intentAtomsPerSessionMax) break;
    intent.prints.delete(print);
    intent.dropped++;
  }
}

/** Did the user ask for this call: for its destinations, or for its action where it names none? */
export function covers(intent: SessionIntent | undefined, call: Observation): IntentRef['covers'] {
  if (!intent) return 'unknown';
  const destinations = (call.facts.request?.atoms ?? []).filter(
    (atom) => atom.destination === true,
  );
  if (destinations.length > 0) return coversAll(intent, destinations) ? 'yes' : 'no';
  return coversAction(intent, call.tool?.labels ?? []);
}

/**
 * Every e-mail address must be named; of an address on the web its host or any other part is
 * enough.
 */
function coversAll(intent: SessionIntent, destinations: readonly Atom[]): boolean {
  const byPath = Map.groupBy(destinations, (atom) =>
    atom.kind === 'email' ? atom.print : atom.at,
  );
  for (const atoms of byPath.values()) {
    if (!atoms.some((atom) => intent.prints.has(atom.print))) return false;
  }
  return true;
}

/**
 * What acts is measured by what acts; only a tool that does nothing but read is covered by a wish
 * to read.
 */
function coversAction(intent: SessionIntent, labels: readonly Label[]): IntentRef['covers'] {
  if (labels.length === 0) return 'unknown';
  const acting = labels.filter((label) => !label.startsWith('reads-'));
  const judged = acting.length > 0 ? acting : labels;
  const asked = (label: Label): boolean =>
    FAMILIES[label].some((family) => intent.actions.includes(family));
  return judged.every(asked) ? 'yes' : 'no';
}
