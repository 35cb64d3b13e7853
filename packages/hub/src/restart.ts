import { newCaseId, type Observation, type Policy, systemClock } from '@spoor/core';
import { type BudgetsFile, createDetector, type Detector, type RuleSet } from '@spoor/detect';
import type { Ledger } from '@spoor/ledger';
import type { Loaded, Question, WorkerSettings } from './bus.ts';
import type { Keeping } from './decide/keeping.ts';
import { NormKeeper } from './norms/keeper.ts';
import { noteBudgets, recallSpending } from './norms/recall.ts';
import type { HubOptions } from './options.ts';
import { Remembering, readRemembered } from './remembering.ts';
import { lastSeqOf, replayFromMs, resume } from './resume.ts';
import { Unstored } from './unstored.ts';
import { WorkerPort } from './worker-port.ts';

/** What a restart is made of. */
interface Restarting {
  readonly rules: RuleSet;
  readonly policy: Policy;
  readonly budgets: BudgetsFile | undefined;
  readonly ledger: Ledger;
  readonly answer: (question: Question) => Promise<unknown>;
  /** Of a worker that loads what came since. */
  readonly settings: (fromMs: number) => WorkerSettings;
}

/** The parts of a hub that have a past, as it was when the last hub ended, in whatever way. */
export interface Restarted {
  readonly worker: WorkerPort;
  readonly url: string;
  readonly loaded: Loaded;
  readonly unstored: Unstored;
  /** What judges an observation. */
  readonly judging: {
    readonly norms: NormKeeper;
    readonly detector: Detector;
    readonly keeping: Keeping;
  };
  /** Place of the newest observation. */
  readonly lastSeq: number;
  readonly counts: Record<string, number>;
  /** Keeps what the rules remember from here on. */
  remember(lastSeq: () => number): Remembering;
}

/** Closes the ledger where the worker cannot be started. */
export async function restart(options: HubOptions, restarting: Restarting): Promise<Restarted> {
  const { home, random, sampleRate, version } = options;
  const { rules, policy, ledger } = restarting;
  const unstored = new Unstored(home.unstored);
  const kept = { path: home.remembered, rules, version };
  const remembered = readRemembered(kept);
  const nowMs = systemClock.nowMs();
  const settings = restarting.settings(replayFromMs(rules, remembered, nowMs));
  const { port: worker, loaded, url } = await startWorker(options, settings, restarting, unstored);
  const found = record(worker, unstored, loaded);
  const written = await lastSeqOf(ledger);
  const newest = Math.max(loaded.lastSeq, found.at(-1)?.seq ?? 0);
  const behind = Math.max(0, written - newest);
  if (behind > 0) options.say(`${behind} observations are in the ledger and not in the store`);
  const keeper = new NormKeeper(options.baselines, restarting.budgets, loaded.norms);
  const { norms } = keeper;
  const newDetector = (): Detector =>
    createDetector({ rules, policy, newCase: () => newCaseId(random), norms });
  const resumed = resume({ newDetector, norms, remembered, loaded, found, sampleRate, nowMs });
  await recallSpending(norms, ledger, [...loaded.recent, ...found]);
  noteBudgets(ledger, restarting.budgets);
  const { detector } = resumed;
  worker.record({ detections: resumed.detections });
  return {
    worker,
    url,
    loaded,
    unstored,
    judging: { norms: keeper, detector, keeping: resumed.keeping },
    lastSeq: Math.max(written, newest, resumed.lastSeq),
    counts: { storeBehind: behind, storeCaughtUp: found.length },
    remember: (lastSeq) =>
      new Remembering(
        { ...kept, detector, lastSeq, nowMs: systemClock.nowMs },
        remembered?.seq ?? 0,
      ),
  };
}

async function startWorker(
  { say }: HubOptions,
  settings: WorkerSettings,
  { answer, ledger }: Restarting,
  unstored: Unstored,
): ReturnType<typeof WorkerPort.start> {
  try {
    return await WorkerPort.start({
      settings,
      answer,
      unstored,
      onDeath: (why) => say(`the hub's worker is gone, nothing is stored: ${why}`),
    });
  } catch (error) {
    unstored.close();
    await ledger.close();
    throw error;
  }
}

/** What a killed hub had not stored is recorded before anything else is. */
function record(
  worker: WorkerPort,
  { found }: Unstored,
  { recent }: Loaded,
): readonly Observation[] {
  const stored = new Set(recent.map(({ seq }) => seq));
  const missing = found.filter(({ seq }) => !stored.has(seq));
  if (missing.length > 0) worker.record({ observations: missing });
  return missing;
}
