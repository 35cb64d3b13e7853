import { CodedError, type DefinitionWord, type PinnedWord } from '@spoor/core';
import type { Entry } from '@spoor/ledger';
import type { RecordBatch } from '../bus.ts';
import type { SensorServer } from '../sensors.ts';
import type { Definitions, KnownTool } from './definitions.ts';
import type { Said } from './stopping.ts';
import { wordsOf } from './words.ts';

export interface PinQuestion extends Said {
  readonly kind: 'definitions.say';
  readonly server: string;
  readonly tool: string;
  readonly word: DefinitionWord;
  /** Of the definition that the person saw; the word holds for no other. */
  readonly digest: string;
}

interface PinningOptions {
  readonly definitions: Definitions;
  readonly sensors: Pick<SensorServer, 'isWithin'>;
  readonly nowMs: () => number;
  readonly record: (part: Partial<RecordBatch>) => void;
  readonly note: (entry: Entry) => unknown;
}

/** Takes the owner's word on definitions: each is an entry of the ledger. */
export class Pinning {
  readonly #options: PinningOptions;

  constructor(options: PinningOptions) {
    this.#options = options;
  }

  /** Throws TOOL_UNKNOWN, DEFINITION_MOVED, DEFINITION_AS_PINNED or APPROVER_NOT_INDEPENDENT. */
  answer({ server, tool, word, digest, by, reason, ancestors }: PinQuestion): KnownTool {
    const { definitions, sensors, nowMs, record, note } = this.#options;
    if (word !== 'block' && sensors.isWithin(ancestors))
      throw new CodedError('APPROVER_NOT_INDEPENDENT', `${server} ${tool}`);
    const said: PinnedWord = { word, digest, by, reason, atMs: nowMs() };
    const next = definitions.say(server, tool, said);
    record({ definitions: [next] });
    const detail = { definition: word, server, tool, digest, by, reason: wordsOf(reason) };
    note({ kind: 'config.changed', detail });
    return next;
  }
}

/**
 * The tool after the owner's word on it: `pin` keeps the pin as it is, by hand; `approve` pins what
 * is there now; `block` has its calls denied. Throws DEFINITION_MOVED where that is not what the
 * owner saw, and DEFINITION_AS_PINNED where there is nothing to approve.
 */
export function afterWord(tool: KnownTool, said: PinnedWord): KnownTool {
  const { facts } = tool;
  const about = `${tool.server} ${facts.name}`;
  if (facts.digest !== said.digest) throw new CodedError('DEFINITION_MOVED', about);
  if (said.word === 'block') return { ...tool, said };
  const changed = facts.digest !== tool.pinned;
  if (said.word === 'pin' && changed) throw new CodedError('DEFINITION_MOVED', about);
  if (said.word === 'approve' && !changed && !isBlocked(tool))
    throw new CodedError('DEFINITION_AS_PINNED', about);
  const { before: _, ...rest } = tool;
  return { ...rest, facts: { ...facts, change: 'same' }, pinned: facts.digest, said };
}

/**
 * Blocked until it is approved, or until the server is back at what was pinned; what comes after
 * a blocked definition is nothing that anybody has approved.
 */
export function isBlocked({ facts, pinned, said }: KnownTool): boolean {
  if (said?.word !== 'block') return false;
  return facts.digest !== pinned || said.digest === pinned;
}
