import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type ContentAsked, DAY_MS, type IdentityLevel, NETWORK, systemClock } from '@spoor/core';
import type { Detector } from '@spoor/detect';
import { type Hello, readRecipients } from '@spoor/edge';
import { type Ledger, openLedger } from '@spoor/ledger';
import type { Question, WorkerSettings } from './bus.ts';
import { Admission } from './decide/admission.ts';
import { Decisions } from './decide/decisions.ts';
import { Definitions } from './decide/definitions.ts';
import { Foreign, type ForeignOptions } from './decide/foreign.ts';
import type { Keeping } from './decide/keeping.ts';
import { Levels } from './decide/levels.ts';
import type { Node } from './decide/node.ts';
import { Observed } from './decide/observed.ts';
import { type Owner, readOwner, saidOf } from './decide/owner.ts';
import { OwnersFile } from './decide/owner-labels.ts';
import { Sessions } from './decide/sessions.ts';
import { loadDestinations } from './export/load.ts';
import type { Identifier } from './identify/identifier.ts';
import { loadIdentity } from './identify/start.ts';
import { joiner } from './joining.ts';
import { noteManifest, readManifest } from './manifest.ts';
import type { NormKeeper } from './norms/keeper.ts';
import type { HubOptions } from './options.ts';
import type { Remembering } from './remembering.ts';
import { Remote } from './remote/remote.ts';
import { Reports } from './reports.ts';
import { restart } from './restart.ts';
import { type CompiledRules, loadAsked, loadBudgets, loadRules } from './rules.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import { type Joined, SensorServer } from './sensors.ts';
import { Silences } from './silent.ts';
import { loadSinks } from './sinks/sinks.ts';
import { stateOf } from './state.ts';
import type { Unstored } from './unstored.ts';
import { holdsPath } from './vault/holds.ts';
import { journalPath } from './vault/journal.ts';
import { loadWitnesses, type Witnesses } from './witness/start.ts';
import type { WorkerPort } from './worker-port.ts';

/** What a running hub consists of. */
export interface Parts extends Owner {
  readonly decisions: Decisions;
  readonly definitions: Definitions;
  readonly labels: OwnersFile;
  readonly detector: Detector;
  readonly remembering: Remembering;
  readonly unstored: Unstored;
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
  readonly silences: Silences;
  readonly join: (hello: Hello) => Joined;
  readonly foreign: Foreign;
  readonly recipients: () => readonly string[];
}

export async function assemble(
  options: HubOptions,
  answer: (question: Question) => Promise<unknown>,
): Promise<{ readonly parts: Parts; readonly url: string }> {
  const { home, random } = options;
  const secrets = loadSecrets(home, random);
  const { rules, labels, asked, budgets, destinations, sinks } = await readFiles(options);
  const owner = readOwner(options, rules, secrets);
  const identityOf = await loadIdentity(options, secrets);
  const witnesses = await loadWitnesses(options);
  const ledger = await openHubLedger(options, witnesses);
  const begun = await restart(options, {
    rules: rules.rules,
    policy: owner.policy.policy,
    budgets,
    ledger,
    answer,
    settings: (fromMs) => workerSettings(options, secrets, { destinations, sinks }, fromMs),
  });
  const { judging, url, worker } = begun;
  const sessions = new Sessions(random, begun.loaded.bindings);
  const observed = new Observed(home.observed);
  const definitions = new Definitions(labels.labeler, begun.loaded.definitions, observed);
  const admission = new Admission(definitions, sessions, begun.lastSeq);
  const recipients = (): readonly string[] => readRecipients(home);
  const identifier = identityOf(ledger, recipients);
  let parts: Parts | undefined;
  const decisions = new Decisions({
    admission,
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
  const common = {
    counts: begun.counts,
    reports: new Reports(),
    asked,
    silences: new Silences(options.silentAfterMs),
    secrets,
    sessions,
    identifier,
    decisions,
    ledger,
    ...owner,
    recipients,
    worker,
  };
  const embed = (call: string, text: string): void => worker.embed(call, text);
  const enter = joiner({ ...common, options, embed });
  const sensors = newSensorServer(secrets.token, enter, worker);
  parts = {
    ...common,
    definitions,
    labels,
    ...judging,
    remembering: begun.remember(() => admission.lastSeq),
    unstored: begun.unstored,
    ledgerPath: home.ledger,
    rules,
    sensors,
    remote: newRemote(options, sensors, ledger, (machine) => identifier.levelOf(machine)),
    witnesses,
    join: enter,
    foreign: foreignOf(options, { ...common, definitions }),
  };
  return { url, parts };
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
  readonly labels: OwnersFile;
  readonly asked: ContentAsked | undefined;
  readonly budgets: Awaited<ReturnType<typeof loadBudgets>>;
  readonly destinations: Awaited<ReturnType<typeof loadDestinations>>;
  readonly sinks: Awaited<ReturnType<typeof loadSinks>>;
}> {
  const rules = await loadRules(options.rulesFolder);
  for (const { path, line, column, message } of rules.problems) {
    options.say(`RULE_INVALID ${path}:${line}:${column} ${message}`);
  }
  const labels = await OwnersFile.open(options.labelsFile, options.home.labels);
  const asked = await loadAsked(rules, options.secretRulesFile, options.say);
  const budgets = await loadBudgets(options.budgetsFile);
  const destinations = await loadDestinations(options);
  return { rules, labels, asked, budgets, destinations, sinks: await loadSinks(options) };
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
  { destinations, sinks }: Pick<WorkerSettings, 'destinations' | 'sinks'>,
  fromMs: number,
): WorkerSettings => ({
  storePath: options.home.store,
  ledgerPath: options.home.ledger,
  webPath: options.webPath,
  host: options.host,
  port: options.port,
  token: secrets.token,
  ingest: options.ingest ?? { host: '127.0.0.1' },
  version: options.version,
  replayFromMs: fromMs,
  retentionMs: options.retentionDays * DAY_MS,
  storeBytesMax: options.storeBytesMax,
  destinations,
  exportPath: options.home.exports,
  sinks,
  sinksPath: options.home.sinks,
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
