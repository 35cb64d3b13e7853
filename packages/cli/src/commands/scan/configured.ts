import { CodedError } from '@spoor/core';
import { locateClients, readClient, type ServerEntry, wrappingOf } from '@spoor/edge/clients';
import { hasFailed, plain, type Report, type ScanTarget, type Severity, scan } from '@spoor/scan';
import type { Context } from '../../command.ts';
import { clientPlaces } from '../../init/places.ts';
import { paint } from '../../output.ts';
import { VERSION } from '../../version.ts';

interface Configured {
  /** `client: server`. */
  readonly name: string;
  readonly target: ScanTarget | undefined;
  /** Variables that the client would give it. */
  readonly env: Readonly<Record<string, string>>;
}

/** What became of one server; not scanned is not passed. */
type Row =
  | { readonly server: string; readonly status: 'scanned'; readonly report: Report }
  | { readonly server: string; readonly status: 'not-scanned'; readonly why: string };

export interface ConfiguredOptions {
  readonly failOn: Severity | undefined;
  readonly under: number;
  readonly onProgress: (text: string) => void;
}

/** Scans every server of every client configuration here, one after the other. */
export async function scanConfigured(
  context: Context,
  { failOn, under, onProgress }: ConfiguredOptions,
): Promise<number> {
  const { out, flags, env } = context;
  const { servers, unreadable } = await configuredServers(env);
  const rows: Row[] = [];
  for (const [at, server] of servers.entries()) {
    const step = `${at + 1} of ${servers.length}, ${server.name}`;
    rows.push(
      await rowOf(server, flags.network === true, (text) => onProgress(`${step}: ${text}`)),
    );
    onProgress('');
    if (flags.json !== true) out.line(shown(rows.at(-1), context));
  }
  for (const file of unreadable) out.note(`could not be read: ${file}`);
  if (flags.json === true) out.json({ servers: rows, unreadable });
  else if (servers.length === 0) out.line('No server is configured for any client here.');
  return rows.some((row) => isBad(row, failOn, under)) || unreadable.length > 0 ? 1 : 0;
}

async function rowOf(
  { name, target, env }: Configured,
  network: boolean,
  onProgress: (text: string) => void,
): Promise<Row> {
  if (target === undefined)
    return { server: name, status: 'not-scanned', why: 'neither a command nor an address' };
  try {
    const { report } = await scan(target, { scanner: VERSION, network, env, onProgress });
    return { server: name, status: 'scanned', report };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { server: name, status: 'not-scanned', why: error.message };
  }
}

/** What could not be looked at is no pass. */
const isBad = (row: Row, failOn: Severity | undefined, under: number): boolean =>
  row.status === 'not-scanned'
    ? failOn !== undefined
    : (failOn !== undefined && hasFailed(row.report.results, failOn)) || row.report.score < under;

function shown(row: Row | undefined, { out }: Context): string {
  if (row === undefined) return '';
  const name = plain(row.server);
  if (row.status === 'not-scanned')
    return `${paint(out, 'yellow', '?')}       ${name}: ${plain(row.why)}`;
  const { grade, score, failed, notTested } = row.report;
  const style = grade === 'A' || grade === 'B' ? 'green' : 'red';
  const marks = paint(out, style, `${grade} ${String(score).padStart(3)}`);
  return `${marks}   ${name}: ${failed} failed, ${notTested} not tested`;
}

async function configuredServers(
  env: Context['env'],
): Promise<{ servers: readonly Configured[]; unreadable: readonly string[] }> {
  const servers: Configured[] = [];
  const unreadable: string[] = [];
  for (const config of locateClients({ ...clientPlaces(env), project: process.cwd() })) {
    const found = await readClient(config);
    if (found.status === 'unreadable') unreadable.push(`${config.path}: ${found.why}`);
    if (found.status !== 'read') continue;
    const own = found.document.servers.filter(({ off }) => !off);
    servers.push(...own.map((entry) => configured(config.client.id, entry)));
  }
  return { servers, unreadable };
}

/** What is behind a wrapper of ours is scanned itself. Credentials of the client stay with it. */
function configured(client: string, { name, form }: ServerEntry): Configured {
  const named = `${client}: ${name}`;
  if (form.kind === 'other') return { name: named, target: undefined, env: {} };
  const given = form.extras.maps.filter((map) => map.name === 'env').flatMap(({ items }) => items);
  const telemetry = given.filter((one) => one.name.startsWith('OTEL_'));
  const env = Object.fromEntries(telemetry.map((one) => [one.name, one.value.value]));
  if (form.kind === 'remote') {
    const url = URL.canParse(form.url) ? new URL(form.url) : undefined;
    return { name: named, target: url && { kind: 'url', url }, env };
  }
  const args = (form.args?.items ?? []).map(({ value }) => value);
  const wrapping = wrappingOf(form.command.value, args);
  if (wrapping?.remote !== undefined) return { name: named, target: undefined, env };
  const command =
    wrapping === undefined ? [form.command.value, ...args] : args.slice(wrapping.ownArgs);
  return { name: named, target: { kind: 'command', command }, env };
}
