import type { WitnessState, WitnessView } from '@spoor/core';
import type { Entry, Ledger, Published } from '@spoor/ledger';
import {
  formatPolicy,
  hasQuorum,
  type LogSource,
  readCosignatures,
  type WitnessPolicy,
} from '@spoor/ledger/verify';
import { type Asked, askWitness, cosignNote } from '@spoor/ledger/witness';
import { type Asker, whyOf } from './askers.ts';

export interface WitnessingOptions {
  readonly policy: WitnessPolicy;
  readonly askers: readonly Asker[];
  readonly ledger: Pick<Ledger, 'cosign' | 'cosigned' | 'onCheckpoint' | 'published'>;
  readonly source: LogSource;
  readonly nowMs: () => number;
  /** An entry of the ledger. Must not throw. */
  readonly note: (entry: Entry) => void;
  /** A witness knows another history than ours. */
  readonly refused: (witness: string, answer: Refusal) => void;
  /** How long a checkpoint may want for its quorum before that counts as lost. */
  readonly lostAfterMs?: number;
}

export type Refusal = Extract<Asked, { readonly status: 'ahead' | 'split' }>;

/** Witnesses are asked no more often than this, however often is published. */
const REST_MS = 1_000;
const BACKOFF_MS_MAX = 30_000;
const LOST_AFTER_MS = 30_000;

/** What is known of one witness. */
interface Known {
  /** Size that it holds; undefined before it has answered. */
  size?: number;
  timeMs?: number;
  /** Of its last answer. */
  status: Asked['status'] | 'none';
  why?: string;
}

/**
 * Asks the witnesses for each checkpoint, in the background: nothing that is appended or published
 * waits for them. Where enough have cosigned, the checkpoint is published with their lines.
 */
export class Witnessing {
  readonly #options: WitnessingOptions;
  readonly #known: ReadonlyMap<string, Known>;
  readonly #end: () => void;
  readonly #policyText: string;
  #state: WitnessState = 'waiting';
  #cosignedMs: number | undefined;
  #round: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #askedMs = 0;
  /** Since when what is published has wanted for its quorum. */
  #wantsSinceMs: number | undefined;
  #closed = false;

  constructor(options: WitnessingOptions) {
    this.#options = options;
    this.#known = new Map(options.askers.map(({ witness }) => [witness.name, { status: 'none' }]));
    const { ledger, policy, nowMs } = options;
    this.#policyText = formatPolicy(policy);
    const { timeMs } = readCosignatures(ledger.cosigned?.note ?? '', policy, nowMs());
    this.#cosignedMs = timeMs;
    this.#end = ledger.onCheckpoint(() => this.#published());
    if (ledger.published !== undefined) this.#published();
  }

  get view(): WitnessView {
    const { policy, ledger, nowMs } = this.#options;
    const cosignedMs = this.#cosignedMs;
    return {
      state: this.#state,
      size: ledger.cosigned?.size ?? 0,
      ...(cosignedMs === undefined ? {} : { cosignedMs, ageMs: Math.max(0, nowMs() - cosignedMs) }),
      policy: this.#policyText,
      witnesses: policy.witnesses.map(({ name, key, url }) => {
        const known = this.#known.get(name);
        return {
          name: key.name,
          ...(url === undefined ? {} : { url }),
          status: known?.status ?? 'none',
          ...(known?.why === undefined ? {} : { why: known.why }),
          ...(known?.size === undefined ? {} : { size: known.size }),
          ...(known?.timeMs === undefined ? {} : { timeMs: known.timeMs }),
        };
      }),
    };
  }

  /** Asks once more, for what was published last, and no longer than that. */
  async close(withinMs: number): Promise<void> {
    this.#closed = true;
    this.#end();
    clearTimeout(this.#timer);
    const late = new Promise<void>((resolve) => setTimeout(resolve, withinMs).unref());
    const last = (this.#round ?? Promise.resolve()).then(() => this.#ask());
    await Promise.race([last.catch(() => undefined), late]);
    await Promise.all(this.#options.askers.map((asker) => asker.close().catch(() => undefined)));
  }

  #published(): void {
    this.#wantsSinceMs ??= this.#options.nowMs();
    this.#soon();
  }

  /** One round at a time; what is published meanwhile is asked for in the next. */
  #soon(): void {
    if (this.#round !== undefined || this.#timer !== undefined || this.#closed) return;
    const backoffMs = Math.min(BACKOFF_MS_MAX, REST_MS * 2 ** Math.max(0, this.#failures - 1));
    const restedMs = this.#options.nowMs() - this.#askedMs;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#askedMs = this.#options.nowMs();
        this.#round = this.#ask().finally(() => {
          this.#round = undefined;
          const { ledger } = this.#options;
          if ((ledger.published?.size ?? 0) > (ledger.cosigned?.size ?? 0)) this.#soon();
        });
      },
      Math.max(0, Math.min(backoffMs, backoffMs - restedMs)),
    );
    this.#timer.unref();
  }

  /** Never rejects. */
  async #ask(): Promise<void> {
    const { askers, ledger, policy } = this.#options;
    const { published } = ledger;
    if (published === undefined) return;
    const answers = await Promise.all(askers.map((asker) => this.#askOne(asker, published)));
    const lines = answers.flatMap((answer) => (answer.status === 'cosigned' ? [answer.line] : []));
    const agreed = new Set(
      askers.filter((_, i) => answers[i]?.status === 'cosigned').map(({ witness }) => witness.name),
    );
    const met = agreed.size > 0 && hasQuorum(policy, (name) => agreed.has(name));
    if (met) {
      const keys = policy.witnesses.map(({ key }) => key);
      await ledger.cosign(cosignNote(published.note, keys, lines)).catch(() => undefined);
    }
    this.#settle(answers, met, published.size);
  }

  async #askOne({ witness, post }: Asker, { note, size }: Published): Promise<Asked> {
    const { source, nowMs } = this.#options;
    const known = this.#known.get(witness.name) ?? { status: 'none' };
    const { key } = witness;
    const before = known.status;
    const question = { note, source, key, known: known.size ?? size, nowMs, post };
    const answer = await askWitness(question).catch(
      (error: unknown): Asked => ({ status: 'later', why: whyOf(error) }),
    );
    known.status = answer.status;
    delete known.why;
    if ('why' in answer) known.why = answer.why;
    if (answer.status === 'cosigned') Object.assign(known, { size, timeMs: answer.timeMs });
    if (answer.status === 'ahead' || answer.status === 'split') {
      known.size = answer.size;
      // Once, until it says something else.
      if (before !== answer.status) this.#options.refused(key.name, answer);
    }
    return answer;
  }

  #settle(answers: readonly Asked[], met: boolean, size: number): void {
    const { ledger, nowMs, lostAfterMs = LOST_AFTER_MS } = this.#options;
    this.#failures = met ? 0 : this.#failures + 1;
    if (met) {
      this.#cosignedMs = nowMs();
      const isNewest = size >= (ledger.published?.size ?? 0);
      this.#wantsSinceMs = isNewest ? undefined : nowMs();
    }
    const wantedMs = nowMs() - (this.#wantsSinceMs ?? nowMs());
    const isRefused = answers.some(({ status }) => status === 'ahead' || status === 'split');
    if (isRefused) this.#turn('refused', size);
    else if (met) this.#turn('reached', size);
    else if (wantedMs >= lostAfterMs) this.#turn('lost', size);
  }

  /** Only changes are written down: an entry is itself something new to cosign. */
  #turn(state: WitnessState, size: number): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.note({ kind: 'witness.state', detail: { state, size } });
  }
}
