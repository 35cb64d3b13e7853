import type { Clock } from '@spoor/core';
import { formatSignature, type Note } from '../note.ts';
import { checkByPlatform } from '../platform.ts';
import { parseVerifierKey, signsNote } from '../verify/key.ts';
import { judge } from './judge.ts';
import { type AddCheckpoint, parseAddCheckpoint } from './request.ts';
import type { Cosigner } from './signer.ts';
import type { WitnessState } from './state.ts';

export interface WitnessOptions {
  /** C2SP vkeys of the logs that are witnessed; several of one name are keys of one log. */
  readonly logs: readonly string[];
  readonly cosigner: Cosigner;
  readonly state: WitnessState;
  readonly clock: Clock;
  /** A log has signed two trees of one size; the note is the proof. Must not throw. */
  readonly onSplit?: (origin: string, note: string) => void;
}

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 503;
  readonly contentType: 'text/plain; charset=utf-8' | 'text/x.tlog.size';
  readonly body: string;
}

/**
 * Answers `add-checkpoint` (C2SP tlog-witness). It cosigns what grows from what it cosigned before,
 * and has that on disk before it says so.
 */
export class Witness {
  readonly #options: WitnessOptions;
  readonly #keys: ReadonlyMap<string, readonly string[]>;
  /** The check and the write of one log are one step; the file is one for all logs. */
  #turn: Promise<unknown> = Promise.resolve();
  #failed: unknown;
  readonly counts: Record<WitnessAnswer['status'], number> = {
    200: 0,
    400: 0,
    403: 0,
    404: 0,
    409: 0,
    422: 0,
    503: 0,
  };

  constructor(options: WitnessOptions) {
    this.#options = options;
    this.#keys = keysByName(options.logs);
  }

  get origins(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** Why it answers 503 until it is started anew; undefined while all is well. */
  get failure(): unknown {
    return this.#failed;
  }

  async add(body: Uint8Array): Promise<WitnessAnswer> {
    const answer = await this.#answer(body);
    this.counts[answer.status] += 1;
    return answer;
  }

  async #answer(body: Uint8Array): Promise<WitnessAnswer> {
    const request = parseAddCheckpoint(body);
    if (request === undefined) return plain(400, 'the request is malformed');
    const keys = this.#keys.get(request.checkpoint.origin);
    if (keys === undefined) return plain(404, 'the log is not known here');
    const signed = signedNote(request.note, keys);
    if (signed === undefined) return plain(403, 'no trusted key has signed this');
    const turn = this.#turn.then(() => this.#decide(request, signed));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** @param signed The checkpoint with the log's own lines. */
  async #decide(request: AddCheckpoint, signed: string): Promise<WitnessAnswer> {
    if (this.#failed !== undefined) return plain(503, 'the witness cannot write');
    const { state, cosigner, clock, onSplit } = this.#options;
    const { checkpoint, note } = request;
    const verdict = judge(request, state.read(checkpoint.origin));
    if (verdict.status === 400) return plain(400, 'the proof begins after the checkpoint');
    if (verdict.status !== 200 && verdict.split) onSplit?.(checkpoint.origin, signed);
    if (verdict.status === 422) return plain(422, 'this is not what is held, grown');
    if (verdict.status === 409) {
      return { status: 409, contentType: 'text/x.tlog.size', body: `${verdict.size}\n` };
    }
    const timeMs = clock.nowMs();
    const line = cosigner.cosign(note.text, timeMs);
    if (verdict.isNew) {
      try {
        await state.write({ ...checkpoint, note: signed + line, timeMs });
      } catch (error) {
        // What is on disk now is not known, so nothing more is signed on top of it.
        this.#failed = error;
        return plain(503, 'the witness cannot write');
      }
    }
    return plain(200, line);
  }
}

const plain = (status: WitnessAnswer['status'], text: string): WitnessAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body: text.endsWith('\n') ? text : `${text}\n`,
});

/**
 * The note with one line of each trusted key, and no other: what strangers have added must not come
 * back from the disk. Undefined where no trusted key has signed.
 */
function signedNote(note: Note, keys: readonly string[]): string | undefined {
  const lines = keys
    .filter((key) => signsNote(note, key, checkByPlatform) === undefined)
    .map((key) => parseVerifierKey(key))
    .map((key) => note.signatures.find((l) => l.name === key?.name && l.keyId === key.keyId))
    .filter((line) => line !== undefined);
  if (lines.length === 0) return undefined;
  return `${note.text}\n${lines.map(formatSignature).join('')}`;
}

function keysByName(logs: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  for (const log of logs) {
    const name = parseVerifierKey(log)?.name;
    if (name !== undefined) keys.set(name, [...(keys.get(name) ?? []), log]);
  }
  return keys;
}
