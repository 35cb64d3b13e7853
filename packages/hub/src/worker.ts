import { createServer, type RequestListener, type ServerOptions } from 'node:http';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { type ServerType, serve } from '@hono/node-server';
import {
  assert,
  type ClientsView,
  CodedError,
  type ErrorCode,
  LIMITS,
  type Observation,
  sipKey,
  systemClock,
  systemRandom,
} from '@spoor/core';
import { createApp } from './api/app.ts';
import { Auth } from './api/auth.ts';
import { LiveStream } from './api/live.ts';
import {
  type FromWorker,
  type HubState,
  type Question,
  readBatch,
  type ToWorker,
  type WorkerSettings,
} from './bus.ts';
import { tellUnwrapped } from './clients/unwrapped.ts';
import type { ClientWatch } from './clients/watch.ts';
import type { Embedder } from './embedding/embedder.ts';
import type { Exporter } from './export/exporter.ts';
import { Ingest } from './ingest/start.ts';
import { Metrics } from './metrics/metrics.ts';
import { toPrometheus } from './metrics/prometheus.ts';
import type { Metric } from './metrics/series.ts';
import { Reconciliation } from './reconcile/job.ts';
import { tellGaps } from './reconcile/tell.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';
import type { Sinks } from './sinks/sinks.ts';
import type { Shredding } from './store/shred.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { Store } from './store/store.ts';
import type { VaultDesk } from './vault/desk.ts';
import { VaultKeeper } from './vault/start.ts';

/**
 * The hub's second thread: store, API, live view, export. Nothing here is waited for by a decision.
 */

const settings = workerData as WorkerSettings;
const port = parentPort;
assert(port !== null, 'this file runs as a worker');
const tell = (message: FromWorker): void => port.postMessage(message);

const PRUNE_EVERY_MS = 3_600_000;
const COUNTS_EVERY_MS = 1_000;

let state: HubState | undefined;
const questions = new Map<
  number,
  { resolve: (value: unknown) => void; reject: (error: Error) => void }
>();
let nextQuestion = 1;

function ask(question: Question): Promise<unknown> {
  const id = nextQuestion++;
  return new Promise((resolve, reject) => {
    questions.set(id, { resolve, reject });
    tell({ type: 'ask', id, question });
  });
}

/** On a busy machine storing and serving wait, not calls. On Linux this is of the thread alone. */
function yieldToDecisions(): void {
  if (process.platform !== 'linux') return;
  setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
}

const sealing = (): boolean => state?.sealing === true;

async function main(): Promise<void> {
  yieldToDecisions();
  const store = openSqliteStore(settings.storePath);
  const live = new LiveStream(systemClock.nowMs());
  const exporter = await openExporter();
  const sinks = await openSinks();
  const forget = (what: Shredding): void => {
    recorder.shred(what);
    live.forget();
  };
  const vault = new VaultKeeper({ settings, store, ask, sealing, forget });
  tell({ type: 'loaded', loaded: loadedFrom(store) });
  const embedder = await openEmbedder();
  const metrics = new Metrics();
  const startedMs = systemClock.nowMs();
  const readMetrics = metricsReader(metrics, exporter, startedMs);
  exporter?.startMetrics(readMetrics, startedMs);
  const own = { pruneFailures: 0 };
  let clients: ClientWatch | undefined;
  const auth = new Auth(settings.token, systemRandom);
  const ingest = await Ingest.open({
    options: settings.ingest,
    ask,
    isBearer: (header) => auth.isBearer(header),
    random: systemRandom,
  });
  const { server, url } = await listen(store, live, exporter, {
    sinks,
    readMetrics,
    auth,
    ingest,
    vault: vault.desk,
    clients: () => clients?.view ?? UNWATCHED,
  });
  const told = tellingOf(live, sinks);
  const recorder: Recorder = new Recorder({
    store,
    live: told,
    random: systemRandom,
    measure: (batch) => metrics.record(batch),
    ...(exporter === undefined ? {} : exportTo(exporter, store)),
  });
  const reconciliation = reconcile(store, told);
  const tellCounts = (): void => {
    const { counts, waiting } = recorder;
    const parts = [clients, reconciliation, exporter, sinks, embedder, ingest, vault];
    const rest = { ...own, ...countsOf(parts), live: live.listeners };
    tell({ type: 'counts', counts: { ...counts, storeWaiting: waiting, ...rest } });
  };
  const tick = (): void => {
    recorder.retry();
    tellCounts();
  };
  const timers = [
    setInterval(() => prune(store, own), PRUNE_EVERY_MS),
    setInterval(tick, COUNTS_EVERY_MS),
  ];
  const end = async (): Promise<void> => {
    for (const timer of timers) clearInterval(timer);
    vault.close();
    await ingest.close();
    await reconciliation.close();
    recorder.retry();
    for (const part of [exporter, sinks, embedder, clients]) await part?.close();
    tellCounts();
    await close(store, server);
  };
  port?.on('message', (message: ToWorker) => {
    if (message.type === 'record') {
      recorder.record(readBatch(message));
      tell({ type: 'taken', waiting: recorder.waiting });
    } else if (message.type === 'state') noteState(message.state, live);
    else if (message.type === 'answer') settle(message);
    else if (message.type === 'embed') embedder?.add(message.call, message.text);
    else void end();
  });
  tell({ type: 'listening', url });
  clients = await watchClients(store, told);
  vault.begin();
}

interface Counting {
  readonly counts: Readonly<Record<string, number>>;
}

const countsOf = (parts: readonly (Counting | undefined)[]): Record<string, number> =>
  Object.assign({}, ...parts.map((part) => part?.counts));

const metricsReader =
  (metrics: Metrics, exporter: Exporter | undefined, startedMs: number) => (): readonly Metric[] =>
    metrics.read({
      state,
      destinations: exporter?.views ?? [],
      uptimeMs: systemClock.nowMs() - startedMs,
    });

/**
 * Argument names go out only where the pinned schema declares them: none where the store cannot
 * say.
 */
function exportTo(
  exporter: Exporter,
  store: Store,
): Required<Pick<RecorderOptions, 'exportSpans' | 'exportPast'>> {
  const declared = (o: Observation): ReadonlySet<string> => {
    try {
      return store.declaredArguments(o.server.name, o.tool?.name ?? '');
    } catch {
      return new Set();
    }
  };
  return {
    exportSpans: (observations) => exporter.add(observations, declared),
    exportPast: (calls) => exporter.addPast(calls, (call) => store.observation(call), declared),
  };
}

async function openEmbedder(): Promise<Embedder | undefined> {
  if (settings.embedding === undefined) return undefined;
  const { key, ...options } = settings.embedding;
  const { Embedder } = await import('./embedding/embedder.ts');
  return new Embedder(options, sipKey(Buffer.from(key, 'base64')), (call, cluster) => {
    ask({ kind: 'embedded', call, cluster }).catch(() => undefined);
  });
}

function noteState(next: HubState, live: LiveStream): void {
  const owners = ({ policy, stops }: HubState): string =>
    JSON.stringify([policy, stops.map((stop) => stop.case)]);
  if (state === undefined || owners(state) !== owners(next))
    live.publish({ type: 'policy', policy: next.policy });
  if (JSON.stringify(state?.asks ?? []) !== JSON.stringify(next.asks))
    live.publish({ type: 'asks', asks: next.asks });
  if (state?.ledger.checkpoint !== next.ledger.checkpoint)
    live.publish({ type: 'checkpoint', size: next.ledger.size });
  state = next;
}

function settle({ id, value, error }: Extract<ToWorker, { type: 'answer' }>): void {
  const question = questions.get(id);
  questions.delete(id);
  if (error === undefined) question?.resolve(value);
  else question?.reject(new CodedError(error.code as ErrorCode, error.detail));
}

function loadedFrom(store: Store): Extract<FromWorker, { type: 'loaded' }>['loaded'] {
  const recent = store.replay(settings.replayFromMs, LIMITS.replayRowsMax);
  return {
    lastSeq: store.lastSeq(),
    bindings: store.bindings(settings.replayFromMs - settings.retentionMs),
    definitions: store.definitions(),
    norms: store.norms(),
    recent,
  };
}

/** What the server shows or takes in besides the API. */
interface Doors {
  readonly sinks: Sinks | undefined;
  readonly readMetrics: () => readonly Metric[];
  readonly auth: Auth;
  readonly ingest: Ingest;
  readonly vault: VaultDesk;
  readonly clients: () => ClientsView;
}

function listen(
  store: Store,
  live: LiveStream,
  exporter: Exporter | undefined,
  { sinks, readMetrics, auth, ingest, vault, clients }: Doors,
): Promise<{ readonly server: ServerType; readonly url: string }> {
  let hosts: ReadonlySet<string> = new Set();
  const app = createApp({
    auth,
    store,
    live,
    state: () => {
      if (state === undefined) throw new CodedError('HUB_UNREACHABLE', 'starting');
      return state;
    },
    ask,
    destinations: () => exporter?.views ?? [],
    sinks,
    vault,
    metrics: () => toPrometheus(readMetrics(), settings.version),
    clients,
    ingest: () => ingest.addresses,
    nowMs: systemClock.nowMs,
    startedMs: systemClock.nowMs(),
    version: settings.version,
    webPath: settings.webPath,
    ledgerPath: settings.ledgerPath,
    storePath: settings.storePath,
    hosts: () => hosts,
  });
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: app.fetch,
        hostname: settings.host,
        port: settings.port,
        createServer: (options: ServerOptions, api: RequestListener) =>
          createServer(
            options,
            ingest.before(api, () => hosts),
          ),
      } as Parameters<typeof serve>[0],
      ({ port: bound }) => {
        hosts = new Set(
          ['127.0.0.1', 'localhost', '[::1]', settings.host].map((name) => `${name}:${bound}`),
        );
        const shown = settings.host === '::1' ? '[::1]' : settings.host;
        resolve({ server, url: `http://${shown}:${bound}` });
      },
    );
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' ? new CodedError('PORT_IN_USE', String(settings.port)) : error,
      );
    });
  });
}

const UNWATCHED: ClientsView = { watched: false, servers: [], unreadable: [] };

/** Loaded when the hub serves already: a call that waits for it needs none of this. */
async function watchClients(store: Store, live: Telling): Promise<ClientWatch | undefined> {
  const { clients } = settings;
  if (clients === undefined) return undefined;
  const { ClientWatch } = await import('./clients/watch.ts');
  return new ClientWatch({
    places: clients,
    changed: (view) =>
      tellUnwrapped(view, { store, live, random: systemRandom, nowMs: systemClock.nowMs() }),
  });
}

const reconcile = (store: Store, live: Telling): Reconciliation =>
  new Reconciliation({
    ledgerPath: settings.ledgerPath,
    store,
    nowMs: systemClock.nowMs,
    found: (gaps) =>
      tellGaps(gaps, { store, live, random: systemRandom, nowMs: systemClock.nowMs() }),
  });

type Telling = Pick<LiveStream, 'publish' | 'publishLazily'>;

/** Whoever raises an alert tells viewers and sinks at once. */
function tellingOf(live: LiveStream, sinks: Sinks | undefined): Telling {
  if (sinks === undefined) return live;
  return {
    publish: (event) => {
      live.publish(event);
      if (event.type === 'alert') sinks.tell(event.alert);
    },
    publishLazily: (chars, event) => live.publishLazily(chars, event),
  };
}

async function openSinks(): Promise<Sinks | undefined> {
  const { sinks, sinksPath, version } = settings;
  if (sinks.length === 0) return undefined;
  const { Sinks } = await import('./sinks/sinks.ts');
  return Sinks.open(sinks, sinksPath, version);
}

async function openExporter(): Promise<Exporter | undefined> {
  const { destinations, exportPath, version } = settings;
  if (destinations.length === 0) return undefined;
  // Loaded only where it is wanted: the encoder is the heaviest thing a hub may load.
  const { Exporter } = await import('./export/exporter.ts');
  return Exporter.open(destinations, exportPath, version);
}

function prune(store: Store, counts: { pruneFailures: number }): void {
  try {
    store.prune(systemClock.nowMs() - settings.retentionMs, settings.storeBytesMax);
  } catch {
    counts.pruneFailures += 1;
  }
}

async function close(store: Store, server: ServerType): Promise<void> {
  if ('closeAllConnections' in server) server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  store.close();
  port?.close();
}

main().catch((error: unknown) => {
  const coded =
    error instanceof CodedError ? error : new CodedError('STORE_UNAVAILABLE', String(error));
  tell({ type: 'failed', code: coded.code, detail: coded.detail });
  port?.close();
});
