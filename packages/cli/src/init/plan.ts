import { CodedError, nearest } from '@spoor/core';
import {
  CLIENTS,
  type ClientConfig,
  type ClientRow,
  type ClientServers,
  type ClientText,
  locateClients,
  readClient,
  readDocument,
  type ServerEntry,
  wrappingOf,
} from '@spoor/edge/clients';
import type { Backups } from './backup.ts';
import { type Edited, type Launch, unwrapServers, wrapServers } from './edit.ts';
import { clientPlaces } from './places.ts';
import { type RemotePolicy, whyLeft } from './remote.ts';

/** What stands in a configuration, and what is to become of it. */
export interface FilePlan {
  readonly config: ClientConfig;
  readonly servers: readonly PlannedServer[];
  readonly action:
    | { readonly kind: 'nothing' }
    /** Left as it is on purpose. */
    | { readonly kind: 'left'; readonly why: string }
    | { readonly kind: 'failed'; readonly error: CodedError }
    | { readonly kind: 'change'; readonly file: ClientText; readonly edited: Edited };
}

interface PlannedServer {
  readonly name: string;
  readonly at: readonly string[];
  readonly state: 'wrapped' | 'bare' | 'remote' | 'unknown';
  readonly why?: string;
}

/** Clients by their names; all without names. Throws CLIENT_UNKNOWN. */
export function chooseClients(names: readonly string[]): readonly ClientRow[] {
  const ids = CLIENTS.map(({ id }) => id);
  const unknown = names.find((name) => !ids.includes(name));
  if (unknown !== undefined) {
    throw new CodedError(
      'CLIENT_UNKNOWN',
      `${unknown}; did you mean ${nearest(unknown, ids)}? There are ${ids.join(', ')}`,
    );
  }
  return names.length === 0 ? CLIENTS : CLIENTS.filter(({ id }) => names.includes(id));
}

export const configsHere = (
  clients: readonly ClientRow[],
  env: Readonly<Record<string, string | undefined>>,
  project: string,
): ClientConfig[] => locateClients({ ...clientPlaces(env), project }, clients);

/** What beyond the user's own servers is wrapped. */
export interface PlanChoices {
  /** Files of projects. */
  readonly projects: boolean;
  /** Servers elsewhere that a client may sign in to by itself. */
  readonly remote: boolean;
}

/** Undefined where there is no such file. */
export async function planWrap(
  config: ClientConfig,
  launch: Launch,
  { projects, remote }: PlanChoices,
): Promise<FilePlan | undefined> {
  const found = await readClient(config);
  if (found.status === 'absent') return undefined;
  if (found.status === 'unreadable') return failed(config, found);
  const { file, document } = found;
  const { eventsKey } = config.client;
  const policy: RemotePolicy = { remote, ...(eventsKey === undefined ? {} : { eventsKey }) };
  const servers = document.servers.map((server) => stateOf(server, policy));
  if (!servers.some(({ state }) => state === 'bare')) {
    return { config, servers, action: { kind: 'nothing' } };
  }
  const why = reasonToLeave(config, projects);
  if (why !== undefined) return { config, servers, action: { kind: 'left', why } };
  const isWanted = (server: ServerEntry): boolean => stateOf(server, policy).state === 'bare';
  const { format, at } = config;
  const edited = wrapServers(file.text, format, at, document, launch, isWanted);
  if (edited === undefined) return unusual(config, servers);
  return { config, servers, action: { kind: 'change', file, edited } };
}

function reasonToLeave({ scope }: ClientConfig, projects: boolean): string | undefined {
  if (scope === 'managed') return 'an administrator keeps it';
  if (scope === 'project' && !projects) {
    return 'it may be shared with people who have no launcher here; --project wraps it too';
  }
  return undefined;
}

/** The way back: the kept original where nothing has changed since, else our wrapping alone. */
export async function planUnwrap(
  config: ClientConfig,
  backups: Backups,
): Promise<{ readonly plan: FilePlan; readonly exact: boolean } | undefined> {
  const found = await readClient(config);
  const record = await backups.find(config.path);
  if (found.status === 'absent') return undefined;
  const current = found.status === 'read' ? found.file : undefined;
  if (record !== undefined && current?.digest === record.digestAfter) {
    const text = await backups.original(record);
    const before = text === undefined ? undefined : readDocument(text, config.format, config.at);
    if (text !== undefined && before?.ok === true && found.status === 'read') {
      const servers = found.document.servers.map((server) => stateOf(server));
      const names = servers.filter(({ state }) => state === 'wrapped').map(({ name }) => name);
      const edited = { text, servers: names, withoutArgs: [], remotes: {} };
      return {
        plan: { config, servers, action: { kind: 'change', file: current, edited } },
        exact: true,
      };
    }
  }
  if (found.status === 'unreadable') return { plan: failed(config, found), exact: false };
  const { file, document } = found;
  const servers = document.servers.map((server) => stateOf(server));
  const known = record ?? { withoutArgs: [] };
  const edited = unwrapServers(file.text, config.format, config.at, document, known);
  if (edited === undefined) return { plan: unusual(config, servers), exact: false };
  if (edited.servers.length === 0) {
    return { plan: { config, servers, action: { kind: 'nothing' } }, exact: false };
  }
  return { plan: { config, servers, action: { kind: 'change', file, edited } }, exact: false };
}

const unusual = (config: ClientConfig, servers: readonly PlannedServer[]): FilePlan => ({
  config,
  servers,
  action: { kind: 'failed', error: new CodedError('CLIENT_CONFIG_UNUSUAL', config.path) },
});

const failed = (
  config: ClientConfig,
  { why }: ClientServers & { readonly status: 'unreadable' },
): FilePlan => ({
  config,
  servers: [],
  action: {
    kind: 'failed',
    error: new CodedError('CLIENT_CONFIG_UNREADABLE', `${config.path}:${why}`),
  },
});

function stateOf({ name, at, form }: ServerEntry, policy = STRICT): PlannedServer {
  if (form.kind === 'remote') {
    const why = whyLeft(form, policy);
    return why === undefined ? { name, at, state: 'bare' } : { name, at, state: 'remote', why };
  }
  if (form.kind === 'other') return { name, at, state: 'unknown', why: form.why };
  const args = form.args?.items.map(({ value }) => value) ?? [];
  const wrapped = wrappingOf(form.command.value, args) !== undefined;
  return { name, at, state: wrapped ? 'wrapped' : 'bare' };
}

const STRICT: RemotePolicy = { remote: false };
