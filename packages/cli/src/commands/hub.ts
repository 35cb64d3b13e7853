import { setTimeout as delay } from 'node:timers/promises';
import {
  type ClientsView,
  CodedError,
  type DestinationView,
  type HubView,
  type InventoryView,
  type LedgerView,
  parseFail,
  type ReportView,
  systemRandom,
  type WitnessView,
} from '@spoor/core';
import { isNewer, readHubAddress } from '@spoor/edge/home';
import type { HubOptions, IngestOptions } from '@spoor/hub';
import { hubApi } from '../client.ts';
import type { Command, Context, Output } from '../command.ts';
import { type Config, readConfig } from '../config.ts';
import { clientPlaces } from '../init/places.ts';
import { paint, visible } from '../output.ts';
import { RULES_FOLDER, WEB_FOLDER } from '../places.ts';
import { settingFlags } from '../settingflags.ts';
import { VERSION } from '../version.ts';
import { enrolCode, listSensors, revoke, SENSOR_FLAGS } from './sensors.ts';

const HOUR_MS = 3_600_000;

export const hub: Command = {
  usage: '[start|stop|status|enrol-code|sensors|revoke NAME]',
  summary: 'The hub: one for a user, on loopback; decides, keeps the ledger, serves the UI.',
  flags: {
    ...settingFlags(),
    config: { type: 'string', placeholder: 'F', help: 'Another configuration file' },
    background: { type: 'boolean', help: 'Log lines only, no link' },
    ...SENSOR_FLAGS,
  },
  run: async (context) => {
    const [action = 'start'] = context.words;
    if (action === 'start') return start(context);
    if (action === 'stop') return stop(context);
    if (action === 'status') return status(context);
    if (action === 'enrol-code') return enrolCode(context);
    if (action === 'sensors') return listSensors(context);
    if (action === 'revoke') return revoke(context);
    throw new CodedError('USAGE', `hub ${action}`);
  },
};

async function start(context: Context): Promise<number> {
  const { flags, env, home, out } = context;
  process.umask(0o077);
  const config = await readConfig(String(flags.config ?? home.config), flags, env);
  await replaceOlder(context);
  const running = await startHub(context, config);
  if (flags.background === true)
    out.line(`${new Date().toISOString()} listening on ${running.url}`);
  else {
    const { code } = await hubApi(home).post<{ code: string }>('/api/v1/login-code', {});
    out.line(`Hub ${VERSION} runs. UI: ${paint(out, 'cyan', `${running.url}/#code=${code}`)}`);
    out.line(
      paint(out, 'dim', 'The link works once; `spoor ui` prints another. Ctrl-C stops the hub.'),
    );
  }
  const stopOnce = (): void => void running.stop();
  process.once('SIGINT', stopOnce);
  process.once('SIGTERM', stopOnce);
  process.on('SIGHUP', () => undefined);
  await running.stopped;
  return 0;
}

/**
 * Starts a hub in this process. The default port may be another user's: then any free one will do,
 * since clients find the hub by its state folder. A port that was asked for is insisted on.
 */
export async function startHub(
  context: Pick<Context, 'home' | 'out'>,
  config: Config,
): Promise<import('@spoor/hub').Hub> {
  const port = config.number('port');
  if (config.values.get('port')?.source !== 'default') return startOn(port, context, config);
  return startOn(port, context, config).catch((error: unknown) => {
    if (!(error instanceof CodedError) || error.code !== 'PORT_IN_USE') throw error;
    return startOn(0, context, config);
  });
}

async function startOn(
  port: number,
  { home, out }: Pick<Context, 'home' | 'out'>,
  config: Config,
): Promise<import('@spoor/hub').Hub> {
  const { Hub, parseLevels } = await import('@spoor/hub');
  const labelsFile = config.text('labels');
  const budgetsFile = config.text('budgets');
  const levels = config.text('ledger.levels');
  const identityTrustFile = config.text('identity.trust');
  const secretRulesFile = config.text('secrets.rules');
  return Hub.start({
    home,
    version: VERSION,
    host: config.text('host') ?? '127.0.0.1',
    port,
    mode: config.text('mode') === 'enforce' ? 'enforce' : 'observe',
    rulesFolder: config.text('rules') ?? RULES_FOLDER,
    webPath: WEB_FOLDER,
    ...(labelsFile === undefined ? {} : { labelsFile }),
    ...(budgetsFile === undefined ? {} : { budgetsFile }),
    ...(identityTrustFile === undefined ? {} : { identityTrustFile }),
    ...(secretRulesFile === undefined ? {} : { secretRulesFile }),
    project: config.flag('projection'),
    budgetMs: config.number('budget.ms'),
    askTimeoutMs: config.number('ask.timeout-ms'),
    ...failOf(config),
    elicit: (config.text('ask.elicit') ?? '').split(/[,\s]+/).filter((name) => name !== ''),
    baselines: {
      lockThemselves: config.text('baseline.lock') !== 'by-hand',
      calls: config.number('baseline.calls'),
      spanMs: config.number('baseline.hours') * HOUR_MS,
    },
    ...(levels === undefined
      ? {}
      : { levels: parseLevels(levels, config.number('ledger.level-timeout-ms')) }),
    retentionDays: config.number('retention.days'),
    storeBytesMax: config.number('retention.megabytes') * 1_000_000,
    vault: {
      days: config.number('vault.days'),
      ledgerDays: config.number('ledger.days'),
      bytesMax: config.number('vault.megabytes') * 1_000_000,
    },
    ...otlpOf(config),
    ...embeddingOf(config),
    sampleRate: config.number('sampling.rate'),
    ...(config.flag('clients.watch') ? { clients: clientPlaces(process.env) } : {}),
    ingest: ingestOf(config),
    ...remoteOf(config),
    ...witnessOf(config),
    random: systemRandom,
    say: (line) => out.note(`spoor: ${line}`),
  });
}

function failOf({ text }: Config): Pick<HubOptions, 'fail'> {
  const said = text('fail.labels');
  if (said === undefined) return {};
  const fail = parseFail(said);
  if (fail !== undefined) return { fail };
  throw new CodedError('CONFIG_BAD_VALUE', `fail.labels: label=open|closed: ${said}`);
}

function witnessOf({ text, number }: Config): Pick<HubOptions, 'witness'> {
  const policyFile = text('witness.policy');
  if (policyFile === undefined) return {};
  return { witness: { policyFile, timeoutMs: number('witness.timeout-ms') } };
}

function embeddingOf(config: Config): Pick<HubOptions, 'embedding'> {
  const url = config.text('intent.embedding.url');
  if (url === undefined) return {};
  if (!URL.canParse(url)) throw new CodedError('CONFIG_BAD_VALUE', 'intent.embedding.url: a URL');
  const keyFile = config.text('intent.embedding.key-file');
  const model = config.text('intent.embedding.model') ?? '';
  return { embedding: { url, model, ...(keyFile === undefined ? {} : { keyFile }) } };
}

function ingestOf({ values, text }: Config): IngestOptions {
  const port = values.get('ingest.port')?.value;
  const grpcPort = values.get('ingest.grpc-port')?.value;
  return {
    host: text('ingest.host') ?? '127.0.0.1',
    ...(typeof port === 'number' ? { port } : {}),
    ...(typeof grpcPort === 'number' ? { grpcPort } : {}),
  };
}

function remoteOf({ values, text }: Config): Pick<HubOptions, 'remote'> {
  const port = values.get('remote.port')?.value;
  const certificate = text('remote.cert-file');
  const key = text('remote.key-file');
  if ((certificate === undefined) !== (key === undefined))
    throw new CodedError('CONFIG_BAD_VALUE', 'remote.cert-file and remote.key-file go together');
  if (typeof port !== 'number') return {};
  const files =
    certificate === undefined || key === undefined ? {} : { files: { certificate, key } };
  return { remote: { host: text('remote.host') ?? '127.0.0.1', port, ...files } };
}

function otlpOf(config: Config): Pick<HubOptions, 'otlp' | 'destinationsFile' | 'sinksFile'> {
  const endpoint = config.text('otlp.endpoint');
  const headersFile = config.text('otlp.headers-file');
  const destinationsFile = config.text('otlp.destinations');
  const sinksFile = config.text('sinks');
  const metrics = config.flag('otlp.metrics');
  const otlp = { metrics, ...(headersFile === undefined ? {} : { headersFile }) };
  return {
    ...(endpoint === undefined ? {} : { otlp: { endpoint, ...otlp } }),
    ...(destinationsFile === undefined ? {} : { destinationsFile }),
    ...(sinksFile === undefined ? {} : { sinksFile }),
  };
}

/** A newer version takes over from an older one, which brings its state to disk first. */
async function replaceOlder({ home, out }: Context): Promise<void> {
  const address = readHubAddress(home);
  if (address === undefined || !isNewer(VERSION, address.version)) return;
  out.note(`spoor: replacing the hub of version ${address.version}`);
  await stopRunning({ home });
}

async function stop(context: Context): Promise<number> {
  await stopRunning(context);
  context.out.line('Hub stopped.');
  return 0;
}

const STOP_WITHIN_MS = 10_000;

async function stopRunning({ home }: Pick<Context, 'home'>): Promise<void> {
  await hubApi(home).post('/api/v1/stop', {});
  for (let waitedMs = 0; waitedMs < STOP_WITHIN_MS; waitedMs += 50) {
    if (readHubAddress(home) === undefined) return;
    await delay(50);
  }
  throw new CodedError('HUB_RUNNING', 'it does not stop');
}

async function status({ flags, home, out }: Context): Promise<number> {
  const api = hubApi(home);
  const view = await api.get<HubView>('/api/v1/hub');
  if (flags.json === true) {
    out.json({ url: api.url, ...view });
    return 0;
  }
  out.line(`Hub ${view.version} at ${api.url}, up since ${new Date(view.startedMs).toISOString()}`);
  out.line(
    `Mode      ${view.policy.mode}${view.evidence === 'same-user' ? '  (evidence: same-user)' : ''}`,
  );
  out.line(`Sensors   ${view.sensors}`);
  out.line(`Calls     ${view.calls24h} in 24 h`);
  out.line(
    `Rules     ${view.rules}${view.ruleProblems > 0 ? paint(out, 'red', `, ${view.ruleProblems} with problems`) : ''}`,
  );
  out.line(
    `Sealing   ${view.sealing ? 'to the auditors' : 'off: no auditor keys (spoor keys init)'}`,
  );
  const { witness } = await api.get<LedgerView>('/api/v1/ledger');
  if (witness.state !== 'off') out.line(`Witness   ${witnessLine(out, witness)}`);
  for (const report of view.reports.filter(({ running }) => running)) out.line(reportLine(report));
  for (const destination of view.destinations)
    out.line(`Export    ${exportLine(out, destination)}`);
  for (const [kind, address] of Object.entries(view.ingest))
    out.line(`Telemetry ${address} (OTLP over ${kind === 'grpc' ? 'gRPC' : 'HTTP'})`);
  for (const { instrumentation, attributes } of view.leaks)
    out.line(
      `Leak      ${paint(out, 'red', instrumentation)}: content in ${attributes.join(', ')}`,
    );
  for (const [name, count] of Object.entries(view.counts)) {
    if (count > 0) out.line(`${name.padEnd(22)}${count}`);
  }
  const { clients } = await api.get<InventoryView>('/api/v1/inventory');
  for (const line of clientLines(clients)) out.line(line);
  return 0;
}

/** What a sensor counts while it runs. */
function reportLine({ kind, about, node, counts }: ReportView): string {
  const where = node === undefined ? about : `${about} at ${node}`;
  const figures = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  const word = kind === 'gateway' ? 'Gateway' : 'Wrapper';
  return visible(`${word.padEnd(10)}${where}: ${figures.join(', ')}`);
}

/** Servers that clients start without Spoor, and files in which there may be more. */
const clientLines = ({ watched, servers, unreadable }: ClientsView): string[] => [
  ...(watched ? [] : ['Clients   not watched']),
  ...servers
    .filter(({ state }) => state === 'bare')
    .map(({ name, client, file }) => `Unwrapped ${visible(`${name}  (${client}, ${file})`)}`),
  ...unreadable.map(({ file, why }) => `Unread    ${visible(`${file}:${why}`)}`),
];

function witnessLine(out: Output, { state, size, ageMs, witnesses }: WitnessView): string {
  const bad = state === 'lost' || state === 'refused';
  const age = ageMs === undefined ? 'never' : `${Math.round(ageMs / 1_000)} s ago`;
  const each = witnesses.map(({ name, status, why }) => {
    const said = why === undefined ? status : `${status} (${why})`;
    return visible(`${name}: ${said}`);
  });
  const shown = bad ? paint(out, 'red', state) : state;
  return `${shown}, ${size} entries cosigned, ${age}; ${each.join(', ')}`;
}

function exportLine(out: Output, view: DestinationView): string {
  const { name, origin, state, sent, rejected, dropped, waiting, spooled, lastFailure } = view;
  const bad = state === 'waits' || state === 'refuses';
  const shown = bad ? paint(out, 'red', `${state} (${lastFailure ?? ''})`) : state;
  const figures = Object.entries({ sent, rejected, dropped, waiting, spooled: spooled.spans })
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `, ${count} ${word}`);
  return `${name} at ${origin}: ${shown}${figures.join('')}`;
}
