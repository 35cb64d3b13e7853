import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, type IdentityLevel, NETWORK, newCaseId, systemClock } from '@spoor/core';
import { askedBy, createDetector, type Detector } from '@spoor/detect';
import { type Hello, readRecipients } from '@spoor/edge';
import { type Ledger, openLedger } from '@spoor/ledger';
import type { Loaded, Question, WorkerSettings } from './bus.ts';
import { Admission } from './decide/admission.ts';
import { Decisions } from './decide/decisions.ts';
import { Definitions } from './decide/definitions.ts';
import { Foreign, type ForeignOptions } from './decide/foreign.ts';
import { Keeping } from './decide/keeping.ts';
import { Levels } from './decide/levels.ts';
import type { Node } from './decide/node.ts';
import { type Owner, readOwner, saidOf } from './decide/owner.ts';
import { Sessions } from './decide/sessions.ts';
import type { Destination } from './export/destinations.ts';
import { loadDestinations } from './export/load.ts';
import type { Identifier } from './identify/identifier.ts';
import { loadIdentity } from './identify/start.ts';
import { joiner } from './joining.ts';
import { noteManifest, readManifest } from './manifest.ts';
import { NormKeeper } from './norms/keeper.ts';
import type { HubOptions } from './options.ts';
import type { PolicyFile } from './policy.ts';
import { Remote } from './remote/remote.ts';
import { Reports } from './reports.ts';
import { lastSeqOf } from './resume.ts';
import { type CompiledRules, loadLabeler, loadRules } from './rules.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import { type Joined, SensorServer } from './sensors.ts';
import { stateOf } from './state.ts';
import { holdsPath } from './vault/holds.ts';
import { journalPath } from './vault/journal.ts';
import { loadWitnesses, type Witnesses } from './witness/start.ts';
import { WorkerPort } from './worker-port.ts';

/** What a running hub consists of. */
export interface Parts extends Owner {
  readonly decisions: Decisions;
  readonly detector: Detector;
  readonly keeping: Keeping;
  readonly norms: NormKeeper;
  readonly ledger: Ledger;
  readonly ledgerPath: string;
  readonly rules: CompiledRules;
  readonly sensors: SensorServer;
  readonly remote: Remote;
  readonly sessions: Sessions;
  readonly identifier: Identifier;
  readonly secrets: Secrets;
  readonly worker: WorkerPort;
  readonly witnesses: Witnesses;
  readonly counts: Record<string, number>;
  readonly reports: Reports;
  readonly join: (hello: Hello) => Joined;
  readonly foreign: Foreign;
  readonly recipients: () => readonly string[];
}

/** How far back a restarted hub steps its rules again, so that no chain is forgotten. */
const REPLAY_MS = 3_600_000;

export async function assemble(
  options: HubOptions,
  answer: (question: Question) => Promise<unknown>,
): Promise<{ readonly parts: Parts; readonly url: string }> {
  const { home, random } = options;
  const secrets = loadSecrets(home, random);
  const { rules, labeler, destinations } = await readFiles(options);
  const owner = readOwner(options, rules, secrets);
  const identityOf = await loadIdentity(options, secrets);
  const witnesses = await loadWitnesses(options);
  const ledger = await openHubLedger(options, witnesses);
  const starting = startWorker(options, secrets, destinations, answer, ledger);
  const { port: worker, loaded, url } = await starting;
  const { written, counts } = await storeBehind(ledger, loaded, options);
  const sessions = new Sessions(random, loaded.bindings);
  const definitions = new Definitions(labeler, loaded.definitions);
  const judging = newJudging(options, rules, owner.policy, loaded);
  const recipients = (): readonly string[] => readRecipients(home);
  const identifier = identityOf(ledger, recipients);
  let parts: Parts | undefined;
  const decisions = new Decisions({
    admission: new Admission(definitions, sessions, Math.max(written, loaded.lastSeq)),
    definitions,
    sessions,
    ...judging,
    ledger,
    random,
    nowMs: systemClock.nowMs,
    ...saidOf(owner),
    record: (part) => worker.record(part),
    relabelled: (server, push) => sensors.pushTo(server, push),
    tell: (connection, push) => sensors.pushToOne(connection, push),
    asksChanged: () => parts && worker.state(stateOf(parts)),
    askTimeoutMs: options.askTimeoutMs,
    levels: options.levels ?? new Levels(),
    isShort: (observation) => identifier.isShort(observation),
    admitted: (observation, connection) => parts?.foreign.observed(observation, connection),
  });
  const told = { counts, reports: new Reports(), asked: askedBy(rules.rules.content) };
  const enter = joiner({
    ...told,
    options,
    secrets,
    sessions,
    identifier,
    decisions,
    ledger,
    ...owner,
    recipients,
    embed: (call, text) => worker.embed(call, text),
  });
  const sensors = newSensorServer(secrets.token, enter, worker);
  const others = { definitions, sessions, decisions, ledger, secrets, recipients, worker };
  parts = {
    decisions,
    ...judging,
    ledger,
    ledgerPath: home.ledger,
    ...owner,
    rules,
    sensors,
    remote: newRemote(options, sensors, ledger, (machine) => identifier.levelOf(machine)),
    sessions,
    identifier,
    secrets,
    worker,
    witnesses,
    ...told,
    join: enter,
    recipients,
    foreign: foreignOf(options, { ...told, ...others }),
  };
  return { url, parts };
}

/** What judges an observation, as far as it was before the hub stopped. */
function newJudging(
  { baselines, random, sampleRate }: HubOptions,
  { rules }: CompiledRules,
  { policy }: PolicyFile,
  loaded: Loaded,
): Pick<Parts, 'norms' | 'detector' | 'keeping'> {
  const keeper = new NormKeeper(baselines, loaded.norms);
  const { norms } = keeper;
  const detector = createDetector({ rules, policy, newCase: () => newCaseId(random), norms });
  return { norms: keeper, detector, keeping: catchUp(detector, loaded, sampleRate) };
}

/** What a killed hub left out of the store: said, counted, and numbered on from. */
async function storeBehind(
  ledger: Ledger,
  { lastSeq }: Loaded,
  { say }: HubOptions,
): Promise<{ readonly written: number; readonly counts: Record<string, number> }> {
  const written = await lastSeqOf(ledger);
  const behind = Math.max(0, written - lastSeq);
  if (behind > 0) say(`${behind} observations are in the ledger and not in the store`);
  return { written, counts: { storeBehind: behind } };
}

const newSensorServer = (
  token: string,
  join: (hello: Hello, node?: Node) => Joined,
  worker: WorkerPort,
): SensorServer =>
  new SensorServer({
    token,
    join,
    left: ({ hello: { server } }, durationMs) => {
      const transport = NETWORK[server.transport] ?? '';
      worker.record({ connections: [{ server: server.name, transport, durationMs }] });
    },
  });

const newRemote = (
  { home, remote, random, say }: HubOptions,
  sensors: SensorServer,
  ledger: Ledger,
  levelOf: (machine: string) => IdentityLevel,
): Remote =>
  new Remote({
    home,
    options: remote,
    sensors,
    random,
    nowMs: systemClock.nowMs,
    say,
    note: (entry) => void ledger.append(entry),
    levelOf,
  });

/** What the owner keeps in files. */
async function readFiles(options: HubOptions): Promise<{
  readonly rules: CompiledRules;
  readonly labeler: Awaited<ReturnType<typeof loadLabeler>>;
  readonly destinations: Awaited<ReturnType<typeof loadDestinations>>;
}> {
  const rules = await loadRules(options.rulesFolder);
  for (const { path, line, column, message } of rules.problems) {
    options.say(`RULE_INVALID ${path}:${line}:${column} ${message}`);
  }
  const labeler = await loadLabeler(options.labelsFile);
  return { rules, labeler, destinations: await loadDestinations(options) };
}

const foreignOf = (
  { project }: HubOptions,
  {
    worker,
    ...rest
  }: Omit<ForeignOptions, 'record' | 'project' | 'nowMs'> & {
    readonly worker: WorkerPort;
  },
): Foreign =>
  new Foreign({
    ...rest,
    record: (part) => worker.record(part),
    project,
    nowMs: systemClock.nowMs,
  });

async function startWorker(
  options: HubOptions,
  secrets: Secrets,
  destinations: Parameters<typeof workerSettings>[2],
  answer: (question: Question) => Promise<unknown>,
  ledger: Ledger,
): ReturnType<typeof WorkerPort.start> {
  try {
    return await WorkerPort.start({
      settings: workerSettings(options, secrets, destinations),
      answer,
      onDeath: (why) => options.say(`the hub's worker is gone, nothing is stored: ${why}`),
    });
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

/**
 * Steps what the store still knows: state comes back, and what it would detect was detected then.
 */
function catchUp(detector: Detector, loaded: Loaded, sampleRate = 1): Keeping {
  // What was recorded as begun did go on, whatever the rules would say of it now.
  for (const observation of loaded.recent) {
    if (observation.decision?.action !== 'ask') detector.step(observation, { allowOnce: true });
  }
  const keeping = new Keeping(sampleRate);
  keeping.recall(loaded.recent);
  return keeping;
}

async function openHubLedger(options: HubOptions, { confirm }: Witnesses): Promise<Ledger> {
  const { home, random, say } = options;
  const manifest = readManifest(home, say);
  const ledger = await openLedger({
    dir: home.ledger,
    stateDir: home.ledgerState,
    origin: `${hostname().replace(/[^A-Za-z0-9.-]/g, '-')}/spoor`,
    clock: systemClock,
    random,
    confirm,
    onFailure: (error) => say(`ledger: ${error.message}`),
    former: manifest?.former ?? [],
  });
  noteManifest(ledger, manifest, options);
  // For verifiers; they should keep a copy where this user cannot change it.
  writeFileSync(join(home.ledgerState, 'log.vkey'), `${ledger.verifierKey}\n`, { mode: 0o600 });
  return ledger;
}

const workerSettings = (
  options: HubOptions,
  secrets: Secrets,
  destinations: readonly Destination[],
): WorkerSettings => ({
  storePath: options.home.store,
  ledgerPath: options.home.ledger,
  webPath: options.webPath,
  host: options.host,
  port: options.port,
  token: secrets.token,
  ingest: options.ingest ?? { host: '127.0.0.1' },
  version: options.version,
  replayFromMs: Date.now() - REPLAY_MS,
  retentionMs: options.retentionDays * DAY_MS,
  storeBytesMax: options.storeBytesMax,
  destinations,
  exportPath: options.home.exports,
  vault: {
    journalPath: journalPath(options.home),
    holdsPath: holdsPath(options.home),
    ...options.vault,
  },
  ...(options.embedding === undefined
    ? {}
    : { embedding: { ...options.embedding, key: secrets.embeddingKey } }),
  ...(options.clients === undefined ? {} : { clients: options.clients }),
});
