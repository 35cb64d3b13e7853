import {
  type FlowEdge,
  type IntentRef,
  LIMITS,
  type Observation,
  type SessionId,
  type Subversion,
} from '@spoor/core';
import { addGiven, findPassages } from '../passages/find.ts';
import {
  addPromptPassages,
  addResultPassages,
  newSessionPassages,
  passagesDropped,
  passagesSize,
  type SessionPassages,
} from '../passages/memory.ts';
import { newSessionWording, type SessionWording, sizeOf } from '../subversion/memory.ts';
import { subversionOf } from '../subversion/subversion.ts';
import { addWording } from '../subversion/told.ts';
import { addIntent, covers, newSessionIntent, type SessionIntent } from './covers.ts';
import { addResult, findFlows, newSessionFlow, type SessionFlow, sourceOf } from './flow.ts';

export interface SessionMemory {
  flow?: SessionFlow;
  intent?: SessionIntent;
  wording?: SessionWording;
  passages?: SessionPassages;
}

/**
 * What each session has seen: values of results and of prompts. Bounded; the longest idle forgets
 * first.
 */
export class Sessions {
  readonly memories: Map<SessionId, SessionMemory> = new Map();
  atoms = 0;
  dropped = 0;

  flows(observation: Observation): readonly FlowEdge[] {
    const memory = this.memories.get(observation.session.id);
    const exact = findFlows(memory?.flow, memory?.intent, observation);
    if (memory?.passages === undefined) return exact;
    const others = findPassages(memory.passages, observation, exact);
    return others.length === 0 ? exact : [...exact, ...others].slice(0, LIMITS.flowEdgesPerCallMax);
  }

  /** The call's intent, with what the prompt says of it; undefined where no prompt is known. */
  intentOf(observation: Observation): IntentRef | undefined {
    const intent = this.memories.get(observation.session.id)?.intent;
    if (!intent) return observation.intent;
    const cluster = observation.intent?.cluster ?? intent.cluster;
    return { ...observation.intent, cluster, covers: covers(intent, observation) };
  }

  /** Does the call follow a result rather than the prompt? */
  subversion(observation: Observation): Subversion | undefined {
    const wording = this.memories.get(observation.session.id)?.wording;
    return wording && subversionOf(wording, observation);
  }

  addIntent(observation: Observation): void {
    const memory = this.#touch(observation.session.id);
    memory.intent ??= newSessionIntent();
    const before = memory.intent.dropped;
    addIntent(memory.intent, observation);
    this.dropped += memory.intent.dropped - before;
    this.#addWording(memory, observation);
    this.#addPassages(memory, (passages) => addPromptPassages(passages, observation));
    this.#trim();
  }

  addResult(observation: Observation): void {
    const known = this.memories.get(observation.session.id);
    if (known?.wording !== undefined && isEnd(observation)) this.#addWording(known, observation);
    if (known?.passages !== undefined) addGiven(known.passages, observation);
    const { result } = observation.facts;
    if (!result || (result.atoms.length === 0 && result.passages === undefined)) return;
    const memory = this.#touch(observation.session.id);
    const source = sourceOf(observation, result);
    memory.flow ??= newSessionFlow();
    const before = memory.flow.dropped;
    this.atoms += addResult(memory.flow, observation, source);
    this.dropped += memory.flow.dropped - before;
    if (result.passages !== undefined)
      this.#addPassages(memory, (passages) => addResultPassages(passages, source, observation));
    this.#trim();
  }

  #addPassages(memory: SessionMemory, add: (passages: SessionPassages) => void): void {
    memory.passages ??= newSessionPassages();
    const { passages } = memory;
    const [size, dropped] = [passagesSize(passages), passagesDropped(passages)];
    add(passages);
    this.atoms += passagesSize(passages) - size;
    this.dropped += passagesDropped(passages) - dropped;
  }

  /** Only a prompt begins it: without one nothing can be said of what was asked for. */
  #addWording(memory: SessionMemory, observation: Observation): void {
    memory.wording ??= newSessionWording();
    const { dropped } = memory.wording;
    const before = sizeOf(memory.wording);
    addWording(memory.wording, observation);
    this.atoms += sizeOf(memory.wording) - before;
    this.dropped += memory.wording.dropped - dropped;
  }

  forget(id: SessionId): void {
    this.atoms -= atomsOf(this.memories.get(id));
    this.memories.delete(id);
  }

  /** Moves the session to the end of the line. */
  #touch(id: SessionId): SessionMemory {
    const memory = this.memories.get(id) ?? {};
    this.memories.delete(id);
    this.memories.set(id, memory);
    return memory;
  }

  #trim(): void {
    // Finding the first of a map from which many were taken is no single look.
    while (this.#isOver()) {
      const [first] = this.memories;
      if (first === undefined) return;
      const [id, memory] = first;
      const size = atomsOf(memory);
      this.memories.delete(id);
      this.atoms -= size;
      this.dropped += size;
    }
  }

  #isOver(): boolean {
    const { size } = this.memories;
    return size > 1 && (size > LIMITS.sessionsMax || this.atoms > LIMITS.flowAtomsTotalMax);
  }
}

const atomsOf = (memory: SessionMemory | undefined): number =>
  (memory?.flow?.places.size ?? 0) +
  (memory?.wording ? sizeOf(memory.wording) : 0) +
  (memory?.passages ? passagesSize(memory.passages) : 0);

const isEnd = ({ kind, outcome }: Observation): boolean =>
  outcome !== 'pending' && (kind === 'tool.call' || kind === 'resource.read');
