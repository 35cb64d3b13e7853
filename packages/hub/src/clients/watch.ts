import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type ClientsView, type ConfiguredServer, LIMITS } from '@spoor/core';
import {
  type ClientConfig,
  type ClientPlaces,
  type ClientServers,
  locateClients,
  readClient,
  wrappingOf,
} from '@spoor/edge/clients';

export interface WatchOptions {
  readonly places: ClientPlaces;
  /** Called when something has changed; again at the next look where it throws. */
  readonly changed: (view: ClientsView) => void;
  /** How often files are looked at where the system does not tell of changes; half a minute. */
  readonly everyMs?: number;
  /** What lies between two looks at least; two seconds, and more where looking takes long. */
  readonly restMs?: number;
}

/** A client that writes its file in pieces is read once. */
const SETTLE_MS = 300;
/** Some clients write megabytes at every prompt: looking takes a twentieth of the time. */
const REST_MS = 2_000;
const REST_TIMES = 20;
const REST_MS_MAX = 10_000;
const EVERY_MS = 30_000;

interface Known {
  /** Time, size and file as the system has them: equal ones need no reading. */
  readonly stamp: string;
  readonly found: ClientServers;
}

/**
 * Follows the user's own client configurations, those of the table and no others. Files of projects
 * are not among them: which folders a user works in is not the hub's to know.
 */
export class ClientWatch {
  readonly #options: WatchOptions;
  readonly #configs: readonly ClientConfig[];
  readonly #known = new Map<string, Known>();
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #timer: NodeJS.Timeout;
  #soon: NodeJS.Timeout | undefined;
  /** Nothing is known before the first look. */
  #view: ClientsView = { watched: false, servers: [], unreadable: [] };
  #looks: Promise<void> = Promise.resolve();
  #closed = false;
  /** When the next look may be. */
  #restedMs = 0;
  #untold = false;
  #failures = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#configs = locateClients(options.places).filter(({ scope }) => scope !== 'project');
    this.#timer = setInterval(() => this.#lookSoon(), options.everyMs ?? EVERY_MS);
    // A hub that ends does not wait for the next look.
    this.#timer.unref();
    this.#lookSoon();
  }

  get view(): ClientsView {
    return this.#view;
  }

  /** For the hub's own counts. */
  get counts(): Readonly<Record<string, number>> {
    const { servers, unreadable } = this.#view;
    return {
      unwrappedServers: servers.filter(({ state }) => state === 'bare').length,
      clientFilesUnreadable: unreadable.length,
      clientAlertFailures: this.#failures,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    for (const watcher of this.#watchers.values()) watcher.close();
    await this.#looks;
  }

  /** One look at a time; what happens during one leads to the next. */
  #lookSoon(): void {
    if (this.#soon !== undefined) return;
    this.#soon = setTimeout(
      () => {
        this.#soon = undefined;
        this.#looks = this.#looks.then(() => this.#look());
      },
      Math.max(SETTLE_MS, this.#restedMs - performance.now()),
    ).unref();
  }

  async #look(): Promise<void> {
    if (this.#closed) return;
    const startMs = performance.now();
    for (const config of this.#configs) {
      this.#follow(dirname(config.path));
      await this.#read(config);
    }
    const nowMs = performance.now();
    const longer = Math.min(REST_MS_MAX, REST_TIMES * (nowMs - startMs));
    const rest = this.#options.restMs ?? Math.max(REST_MS, longer);
    this.#restedMs = nowMs + rest;
    const view = viewOf(this.#configs, this.#known);
    const same = JSON.stringify(view) === JSON.stringify(this.#view);
    if (this.#closed || (same && !this.#untold)) return;
    this.#view = view;
    this.#tell();
  }

  #tell(): void {
    try {
      this.#options.changed(this.#view);
      this.#untold = false;
    } catch {
      this.#untold = true;
      this.#failures += 1;
    }
  }

  async #read(config: ClientConfig): Promise<void> {
    const found = await stat(config.path).catch(() => undefined);
    const stamp = found === undefined ? '' : `${found.mtimeMs} ${found.size} ${found.ino}`;
    if (this.#known.get(config.path)?.stamp === stamp) return;
    this.#known.set(config.path, { stamp, found: await readClient(config) });
  }

  /** Where the system cannot tell of changes, or the folder is not there yet, time will. */
  #follow(folder: string): void {
    if (this.#watchers.has(folder) || this.#watchers.size >= LIMITS.clientFoldersMax) return;
    const names = new Set(
      this.#configs
        .filter(({ path }) => dirname(path) === folder)
        .map(({ path }) => basename(path)),
    );
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || names.has(name)) this.#lookSoon();
      });
      const forget = (): void => {
        watcher.close();
        this.#watchers.delete(folder);
      };
      watcher.once('error', forget);
      this.#watchers.set(folder, watcher);
    } catch {
      // It is looked at by time.
    }
  }
}

function viewOf(configs: readonly ClientConfig[], known: ReadonlyMap<string, Known>): ClientsView {
  const all = configs.map((config) => ({ config, found: known.get(config.path)?.found }));
  return {
    watched: true,
    servers: all
      .flatMap(({ config, found }) => (found?.status === 'read' ? serversOf(config, found) : []))
      .slice(0, LIMITS.configuredServersMax),
    unreadable: all.flatMap(({ config: { client, path }, found }) =>
      found?.status === 'unreadable' ? [{ client: client.title, file: path, why: found.why }] : [],
    ),
  };
}

const serversOf = (
  { client, path }: ClientConfig,
  { document }: ClientServers & { readonly status: 'read' },
): ConfiguredServer[] =>
  document.servers.map(({ name, at, form, off }) => {
    const [inner] = at.slice(1, -2);
    return {
      client: client.title,
      file: path,
      name: name.slice(0, LIMITS.nameCharsMax),
      ...(inner === undefined ? {} : { within: inner.slice(0, LIMITS.nameCharsMax) }),
      state: off ? 'off' : stateOf(form),
    };
  });

function stateOf(
  form: (ClientServers & { readonly status: 'read' })['document']['servers'][number]['form'],
): ConfiguredServer['state'] {
  if (form.kind === 'remote') return 'remote';
  if (form.kind === 'other') return 'unknown';
  const args = form.args?.items.map(({ value }) => value) ?? [];
  return wrappingOf(form.command.value, args) === undefined ? 'bare' : 'wrapped';
}
