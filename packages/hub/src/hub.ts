import { rmSync, writeFileSync } from 'node:fs';
import { type CallEntry, CodedError, type Observation, toHex } from '@spoor/core';
import { prepareHome, readHubAddress } from '@spoor/edge';
import type { Appended, Entry } from '@spoor/ledger';
import { leafHash } from '@spoor/ledger/verify';
import { assemble, type Parts } from './assemble.ts';
import type { Entries, Question } from './bus.ts';
import { Excepting } from './decide/excepting.ts';
import { Labelling } from './decide/labelling.ts';
import { Pinning } from './decide/pinning.ts';
import { Stopping } from './decide/stopping.ts';
import { isAlive, takeLock } from './lock.ts';
import type { HubOptions } from './options.ts';
import { takeIn } from './spool.ts';
import { stateOf } from './state.ts';
import { Losses } from './state-lost.ts';
import { journalPath } from './vault/journal.ts';
import { Shredding } from './vault/shredding.ts';

const STATE_EVERY_MS = 500;
const SPOOL_EVERY_MS = 10_000;
const HEARTBEAT_MS = 60_000;
const NORMS_EVERY_MS = 1_000;
const REMEMBER_EVERY_MS = 1_000;

/** The hub, running: decisions and ledger on this thread, store and API on a worker. */
export class Hub {
  readonly url: string;
  /** Resolves when the hub has stopped, by whichever way. */
  readonly stopped: Promise<void>;
  readonly #options: HubOptions;
  readonly #parts: Parts;
  readonly #release: () => void;
  readonly #timers: readonly NodeJS.Timeout[];
  #resolveStopped: () => void = () => undefined;
  #stopping: Promise<void> | undefined;
  readonly #shredding: Shredding;
  readonly #stops: Stopping;
  readonly #excepting: Excepting;
  readonly #labelling: Labelling;
  readonly #pinning: Pinning;
  #spooling: Promise<void> | undefined;
  readonly #losses = new Losses();

  private constructor(options: HubOptions, parts: Parts, url: string, release: () => void) {
    this.#options = options;
    this.#parts = parts;
    this.#release = release;
    this.url = url;
    this.stopped = new Promise((resolve) => {
      this.#resolveStopped = resolve;
    });
    this.#shredding = new Shredding({
      ...parts,
      journal: journalPath(options.home),
      spool: options.home.spool,
      pseudonymKey: parts.secrets.pseudonymKey,
      takeSpool: () => this.#takeSpool(),
    });
    this.#excepting = new Excepting({
      ...parts,
      path: options.home.exceptions,
      isRule: (id) => parts.rules.rules.rules.some((rule) => rule.ref.id === id),
      nowMs: Date.now,
      note: (entry) => this.#note(entry),
      changed: () => parts.worker.state(stateOf(parts)),
    });
    this.#pinning = new Pinning({
      ...parts,
      nowMs: Date.now,
      record: (part) => parts.worker.record(part),
      note: (entry) => this.#note(entry),
    });
    this.#labelling = new Labelling({ ...parts, note: (entry) => this.#note(entry) });
    this.#stops = new Stopping({
      ...parts,
      random: options.random,
      nowMs: Date.now,
      note: (entry) => this.#note(entry),
      changed: () => parts.worker.state(stateOf(parts)),
    });
    this.#timers = [
      setInterval(() => parts.worker.state(stateOf(parts)), STATE_EVERY_MS),
      setInterval(() => void this.#takeSpool(), SPOOL_EVERY_MS),
      setInterval(() => this.#keepNorms(), NORMS_EVERY_MS),
      setInterval(() => this.#remember(), REMEMBER_EVERY_MS),
      // Also when nothing happens: a log that does not grow is one that has been silenced.
      setInterval(() => this.#note({ kind: 'heartbeat' }), options.heartbeatMs ?? HEARTBEAT_MS),
    ];
  }

  /** Rejects with HUB_RUNNING, STORE_…, LEDGER_…, PORT_IN_USE, LABELS_INVALID or CONFIG_…. */
  static async start(options: HubOptions): Promise<Hub> {
    const { home } = options;
    prepareHome(home);
    const lock = takeLock(home.lockFile, () => `process ${readHubAddress(home)?.pid ?? 'unknown'}`);
    let begun: Hub | undefined;
    try {
      // The worker may ask before the hub stands: its questions wait for it.
      const started = Promise.withResolvers<Hub>();
      started.promise.catch(() => undefined);
      const answer = async (question: Question): Promise<unknown> =>
        (await started.promise).#answer(question);
      const { parts, url } = await assemble(options, answer);
      const hub = new Hub(options, parts, url, () => lock.release());
      begun = hub;
      await hub.#shredding.resume();
      await parts.sensors.listen(home.socket);
      await parts.remote.open();
      parts.witnesses.watch(parts.ledger, {
        dir: home.ledger,
        note: (entry) => hub.#note(entry),
        alert: (detection) => parts.worker.record({ detections: [detection] }),
      });
      parts.worker.state(stateOf(parts));
      writeFileSync(
        home.hubFile,
        // The socket for sensors that do not share our code for finding it.
        JSON.stringify({ pid: process.pid, url, version: options.version, socket: home.socket }),
        { mode: 0o600 },
      );
      await hub.#takeSpool();
      started.resolve(hub);
      return hub;
    } catch (error) {
      await begun?.stop();
      lock.release();
      throw error;
    }
  }

  /** Lets open decisions finish, brings everything to disk, and gives the lock back. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /**
   * Sensors first, so that nothing new begins; then what was decided goes to disk, each part
   * whatever the others say.
   */
  async #stop(): Promise<void> {
    const { decisions, sensors, worker, ledger, remembering } = this.#parts;
    for (const timer of this.#timers) clearInterval(timer);
    this.#excepting.close();
    this.#parts.remote.close();
    sensors.push({ kind: 'drain' });
    decisions.withdraw();
    const said = (error: unknown): void => this.#options.say(`stop: ${String(error)}`);
    await sensors.close().catch(said);
    decisions.finish();
    let left = true;
    while (left) left = this.#keepNorms();
    await this.#parts.identifier.close();
    await this.#parts.definitions.observed.settled();
    await ledger.close().catch(said);
    await this.#parts.witnesses.close();
    await remembering.close();
    await worker.close().catch(said);
    this.#parts.unstored.close();
    const { unstored = 0, storeWaiting = 0, recordsDropped = 0 } = worker.counts;
    const lost = unstored + storeWaiting + recordsDropped;
    if (lost > 0) this.#options.say(`${lost} records are in the ledger and not in the store`);
    rmSync(this.#options.home.hubFile, { force: true });
    this.#release();
    this.#resolveStopped();
  }

  #remember(): void {
    const { detector, remembering, silences, worker } = this.#parts;
    remembering.tick();
    const nowMs = Date.now();
    const detections = [...this.#losses.of(detector.stats(), nowMs), ...silences.due(nowMs)];
    for (const { detection } of detections)
      this.#note({ kind: 'alert', detail: { rule: detection.rule.id, ...detection.group } });
    if (detections.length > 0) worker.record({ detections });
  }

  /** One at a time: a slow disk must not have a file taken in twice. */
  #takeSpool(): Promise<void> {
    this.#spooling ??= this.#takeIn().finally(() => {
      this.#spooling = undefined;
    });
    return this.#spooling;
  }

  async #takeIn(): Promise<void> {
    const { spool } = this.#options.home;
    const { observations, unreadable } = await takeIn(spool, this.#parts.join, isAlive);
    const { counts } = this.#parts;
    counts.spooled = (counts.spooled ?? 0) + observations;
    counts.spoolUnreadable = (counts.spoolUnreadable ?? 0) + unreadable;
  }

  /**
   * An owner can switch denials off with a broken ledger, too: what it could not take is counted.
   */
  #note(entry: Entry): Appended | undefined {
    try {
      return this.#parts.ledger.append(entry);
    } catch {
      const { counts } = this.#parts;
      counts.notNoted = (counts.notNoted ?? 0) + 1;
      return undefined;
    }
  }

  async #answer(question: Question): Promise<unknown> {
    const { decisions, policy, sensors, sessions, worker } = this.#parts;
    switch (question.kind) {
      case 'enforce': {
        const { kind: _, ...detail } = question;
        const next = policy.set(question.mode, detail);
        this.#note({ kind: 'config.changed', detail });
        this.#parts.detector.setPolicy(next);
        sensors.push({ kind: 'policy', policy: next });
        worker.state(stateOf(this.#parts));
        return next;
      }
      case 'allow':
        return this.#allow(question.observation, decisions);
      case 'answer':
        return decisions.answer(question.answer);
      case 'embedded':
        sessions.embedded(question.call, question.cluster);
        return true;
      case 'triage':
        this.#note({
          kind: 'config.changed',
          detail: { alert: question.alert, status: question.status },
        });
        return true;
      case 'entries':
        return this.#entries(question.indexes);
      case 'foreign.open':
      case 'foreign.key':
      case 'foreign.tell':
      case 'foreign.settle':
        return this.#parts.foreign.answer(question);
      case 'budget.list':
      case 'baseline.list':
      case 'baseline.show':
      case 'baseline.lock':
      case 'baseline.relearn': {
        const answer = this.#parts.norms.answer(question, (entry) => this.#note(entry));
        this.#keepNorms();
        return answer;
      }
      case 'remote.code':
      case 'remote.list':
      case 'remote.revoke':
        return this.#parts.remote.answer(question);
      case 'vault.ready':
      case 'vault.person':
      case 'vault.begin':
      case 'vault.finish':
      case 'vault.prune':
      case 'vault.note':
        return this.#shredding.answer(question);
      case 'stops.add':
      case 'stops.remove':
        return this.#stops.answer(question);
      case 'exceptions.add':
      case 'exceptions.remove':
        return this.#excepting.answer(question);
      case 'labels.view':
      case 'labels.tools':
      case 'labels.reload':
        return this.#labelling.answer(question);
      case 'definitions.say':
        return this.#pinning.answer(question);
      case 'stop':
        // The answer goes out first.
        setTimeout(() => void this.stop(), 10);
        return true;
    }
  }

  /** What has changed of them goes to the store, and what an owner has to know to the ledger. */
  #keepNorms(): boolean {
    const { norms, worker } = this.#parts;
    return norms.keep({
      record: (part) => worker.record(part),
      note: (entry) => this.#note(entry),
      unstored: worker.counts.unstored ?? 0,
    });
  }

  #allow(observation: Observation, decisions: Parts['decisions']): true {
    const { case: caseId, expiresMs } = observation.decision ?? {};
    if (caseId === undefined) throw new CodedError('CASE_UNKNOWN');
    if (expiresMs !== undefined && expiresMs < Date.now())
      throw new CodedError('CASE_EXPIRED', caseId);
    decisions.allowOnce(observation);
    this.#note({
      kind: 'config.changed',
      call: observation.id,
      detail: { case: caseId, allowed: 'once' },
    });
    return true;
  }

  async #entries(indexes: readonly number[]): Promise<Entries> {
    const { ledger } = this.#parts;
    const published = ledger.published?.size ?? 0;
    const entries = indexes.map(async (index): Promise<CallEntry | undefined> => {
      const leaf = await ledger.readLeaf(index);
      if (leaf === undefined) return undefined;
      const { kind } = JSON.parse(leaf) as { readonly kind: string };
      const state = index < published ? 'published' : 'sequenced';
      return { index, kind, leaf, leafHash: toHex(leafHash(Buffer.from(leaf))), state };
    });
    return (await Promise.all(entries)).filter((entry) => entry !== undefined);
  }
}
