import {
  type Atom,
  type CallId,
  type ContentClass,
  type ContentFacts,
  type FlowEdge,
  type Label,
  LIMITS,
  type Observation,
} from '@spoor/core';
import { observedLabels } from '../tool/labeler.ts';
import type { SessionIntent } from './covers.ts';

/** A call whose result holds fingerprints that later arguments may hold. */
export interface FlowSource {
  readonly call: CallId;
  readonly server: string;
  readonly tool: string;
  readonly labels: readonly Label[];
}

/** One place of one value. */
export interface FlowPlace {
  readonly source: FlowSource;
  readonly atom: Atom;
}

/** Where the values of one session were seen. */
export interface SessionFlow {
  /** By fingerprint; the longest known first. */
  readonly places: Map<string, FlowPlace[]>;
  dropped: number;
}

export const newSessionFlow = (): SessionFlow => ({ places: new Map(), dropped: 0 });

/** Lists of addresses and numbers are personal data; one or two of them are a signature. */
const PERSONAL_VALUES_MIN = 3;

export function sourceOf(observation: Observation, result: ContentFacts): FlowSource {
  const classes = result.classes.map((found) => found.class);
  const personal = result.classes
    .filter((found) => found.class.startsWith('pii.'))
    .reduce((sum, found) => sum + found.count, 0);
  const labels = new Set<Label>([...(observation.tool?.labels ?? []), ...observedLabels(classes)]);
  if (personal >= PERSONAL_VALUES_MIN) labels.add('reads-pii');
  return {
    call: observation.id,
    server: observation.server.name,
    tool: observation.tool?.name ?? observation.method,
    labels: [...labels],
  };
}

/** Takes in the result of a call. Returns by how many fingerprints the index grew. */
export function addResult(
  flow: SessionFlow,
  { facts: { request, result } }: Observation,
  source: FlowSource,
): number {
  if (!result || result.atoms.length === 0) return 0;
  const before = flow.places.size;
  const own = new Set(request?.atoms.map((atom) => atom.print));
  for (const atom of result.atoms) {
    const places = flow.places.get(atom.print);
    // What the caller brought along and nobody returned before did not come from this call.
    if (places) remember(places, { source, atom });
    else if (!own.has(atom.print)) flow.places.set(atom.print, [{ source, atom }]);
  }
  for (const print of flow.places.keys()) {
    if (flow.places.size <= LIMITS.flowAtomsPerSessionMax) break;
    flow.places.delete(print);
    flow.dropped++;
  }
  return flow.places.size - before;
}

/** The first place stays: it is where the value came from. Of the others, the newest stay. */
function remember(places: FlowPlace[], place: FlowPlace): void {
  if (places.at(-1)?.source.call === place.source.call) return;
  if (places.length >= LIMITS.flowSourcesPerAtomMax) places.splice(1, 1);
  places.push(place);
}

interface Found {
  readonly source: FlowSource;
  readonly to: string;
  readonly field: string;
  readonly classes: Set<ContentClass>;
  matched: number;
  decoded: number;
  inIntent: number;
  destinations: number;
  instructionLike: boolean;
}

/** Where the arguments of a call came from. */
export function findFlows(
  flow: SessionFlow | undefined,
  intent: SessionIntent | undefined,
  observation: Observation,
): readonly FlowEdge[] {
  const atoms = observation.facts.request?.atoms ?? [];
  if (!flow || atoms.length === 0) return [];
  const found = new Map<string, Found>();
  const totals = new Map<string, number>();
  for (const atom of atoms) {
    const to = pathOf(atom.at);
    totals.set(to, (totals.get(to) ?? 0) + 1);
    for (const place of flow.places.get(atom.print) ?? []) {
      if (place.source.call !== observation.id) note(found, place, atom, to, intent);
    }
  }
  return [...found.values()].slice(0, LIMITS.flowEdgesPerCallMax).map((one) => edge(one, totals));
}

function note(
  found: Map<string, Found>,
  { source, atom: origin }: FlowPlace,
  atom: Atom,
  to: string,
  intent: SessionIntent | undefined,
): void {
  const key = `${source.call} ${to}`;
  let one = found.get(key);
  if (!one) {
    one = {
      source,
      to,
      field: origin.at,
      classes: new Set(),
      matched: 0,
      decoded: 0,
      inIntent: 0,
      destinations: 0,
      instructionLike: false,
    };
    found.set(key, one);
  }
  one.matched++;
  if (atom.decoded === true) one.decoded++;
  if (intent?.prints.has(atom.print)) one.inIntent++;
  if (atom.destination === true) one.destinations++;
  if (origin.instructionLike === true) one.instructionLike = true;
  const known = atom.class ?? origin.class;
  if (known) one.classes.add(known);
}

function edge(one: Found, totals: ReadonlyMap<string, number>): FlowEdge {
  const { source, field, to, matched } = one;
  return {
    from: source.call,
    server: source.server,
    tool: source.tool,
    field,
    to,
    coverage: Math.round((100 * matched) / (totals.get(to) ?? matched)) / 100,
    labels: source.labels,
    classes: [...one.classes],
    instructionLike: one.instructionLike,
    inIntent: one.inIntent === matched,
    destination: one.destinations === matched,
    ...(one.decoded === matched && { kind: 'decoded' }),
  };
}

/** Lines of one text are one argument. */
function pathOf(at: string): string {
  const colon = at.lastIndexOf(':');
  return colon < 0 ? at : at.slice(0, colon);
}
