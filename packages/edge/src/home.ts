import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { CodedError } from '@spoor/core';

/** Where one user's hub and sensors find each other and keep their state. */
export interface Home {
  readonly folder: string;
  readonly socket: string;
  /** Needed on the socket and by command-line clients. */
  readonly tokenFile: string;
  /** Address and process of the running hub, as JSON. */
  readonly hubFile: string;
  readonly lockFile: string;
  readonly ledger: string;
  readonly ledgerState: string;
  readonly store: string;
  readonly spool: string;
  /** What the store may not have yet; two files begin with this name. */
  readonly unstored: string;
  /** What rules remember, as of the last pause. */
  readonly remembered: string;
  /** What waits for backends of telemetry. */
  readonly exports: string;
  /** Alerts that wait for their sinks. */
  readonly sinks: string;
  readonly hubLog: string;
  readonly recipients: string;
  /** What the owner's root key says of the keys of the log; public, so it lies beside the log. */
  readonly manifest: string;
  /** Public half of that root key, as it was pinned here. */
  readonly rootKey: string;
  readonly config: string;
  /** What is stopped: the hub writes it, and sensors that find no hub read it. */
  readonly stops: string;
  /** Where rules do nothing: by the owner's hand, or by the hub. */
  readonly exceptions: string;
  /** The owner's labels, where the settings name no other file. */
  readonly labels: string;
  /** Labels that tools have earned by what their results carried. */
  readonly observed: string;
  /** On a machine that is enrolled at a hub elsewhere: where that is, and the key for it. */
  readonly enrolment: string;
}

/** `sun_path` holds 108 bytes; the rest is left for the names of systems that hold less. */
const SOCKET_PATH_BYTES_MAX = 100;

type Environment = Readonly<Record<string, string | undefined>>;

/** `SPOOR_HOME`, or the folder for state that the XDG base directory specification names. */
export function locateHome(env: Environment): Home {
  const state = absolute(env.XDG_STATE_HOME) ?? join(homedir(), '.local', 'state');
  // Absolute, since hub and sensors run in different folders; without a slash at the end, which
  // would hide from `lstat` that the folder is a link.
  const folder = resolve(env.SPOOR_HOME || join(state, 'spoor'));
  const settings = absolute(env.XDG_CONFIG_HOME) ?? join(homedir(), '.config');
  const config = resolve(env.SPOOR_CONFIG || join(settings, 'spoor'));
  return {
    folder,
    socket: socketPath(folder),
    tokenFile: join(folder, 'token'),
    hubFile: join(folder, 'hub.json'),
    lockFile: join(folder, 'hub.lock'),
    ledger: join(folder, 'ledger'),
    ledgerState: join(folder, 'ledger-state'),
    store: join(folder, 'store.db'),
    spool: join(folder, 'spool'),
    unstored: join(folder, 'unstored'),
    remembered: join(folder, 'remembered'),
    exports: join(folder, 'exports'),
    sinks: join(folder, 'sinks'),
    hubLog: join(folder, 'hub.log'),
    recipients: join(folder, 'recipients'),
    manifest: join(folder, 'ledger', 'manifest'),
    rootKey: join(folder, 'ledger-state', 'root.vkey'),
    stops: join(folder, 'stops.json'),
    exceptions: join(folder, 'exceptions.json'),
    labels: join(folder, 'labels.yml'),
    observed: join(folder, 'observed.json'),
    enrolment: join(folder, 'enrolment.json'),
    config: config.endsWith('.yaml') ? config : join(config, 'config.yaml'),
  };
}

/** The specification ignores relative paths. */
const absolute = (path: string | undefined): string | undefined =>
  path !== undefined && isAbsolute(path) ? path : undefined;

function socketPath(folder: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\spoor-${shortHash(folder)}`;
  const path = join(folder, 'hub.sock');
  if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX) return path;
  return join(tmpdir(), `spoor-${process.getuid?.() ?? 0}`, `${shortHash(folder)}.sock`);
}

const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);

/**
 * Makes the folders that are missing and refuses those that another user could write to or read.
 */
export function prepareHome(home: Home): void {
  const folders = new Set([home.folder, join(home.socket, '..')]);
  for (const folder of process.platform === 'win32' ? [home.folder] : folders) {
    makeFolder(folder);
    checkPrivate(folder);
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CodedError('STATE_FOLDER_UNUSABLE', folder, error);
  }
}

/** Throws STATE_FOLDER_UNSAFE unless the folder is ours alone; a link could point anywhere. */
export function checkPrivate(folder: string): void {
  const stat = lstatSync(folder);
  const uid = process.getuid?.();
  if (!stat.isDirectory()) throw new CodedError('STATE_FOLDER_UNSAFE', `${folder} is no folder`);
  if (uid === undefined) return;
  if (stat.uid !== uid)
    throw new CodedError('STATE_FOLDER_UNSAFE', `${folder} belongs to uid ${stat.uid}`);
  if ((stat.mode & 0o077) !== 0) {
    throw new CodedError(
      'STATE_FOLDER_UNSAFE',
      `${folder} has mode ${(stat.mode & 0o777).toString(8)}`,
    );
  }
}

/** The hub's token, or undefined where no hub has run yet. */
export function readToken(home: Home): string | undefined {
  try {
    checkPrivate(home.folder);
    return readFileSync(home.tokenFile, 'utf8').trim();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    return undefined;
  }
}

/** What a running hub writes about itself. */
export interface HubAddress {
  readonly pid: number;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  readonly version: string;
}

export function readHubAddress(home: Home): HubAddress | undefined {
  try {
    const value = JSON.parse(readFileSync(home.hubFile, 'utf8')) as Partial<HubAddress>;
    const { pid, url, version } = value;
    if (typeof pid !== 'number' || typeof url !== 'string' || typeof version !== 'string') {
      return undefined;
    }
    return { pid, url, version };
  } catch {
    return undefined;
  }
}

/** The auditors' public keys, one a line; none until `spoor keys init`. */
export function readRecipients(home: Home): string[] {
  try {
    const lines = readFileSync(home.recipients, 'utf8').split('\n');
    return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  } catch {
    return [];
  }
}

/** Is the first version of Spoor newer than the second? */
export const isNewer = (a: string, b: string): boolean =>
  a.localeCompare(b, 'en', { numeric: true }) > 0;
