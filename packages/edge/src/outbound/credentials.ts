import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { type Clock, CodedError, LIMITS, systemClock } from '@spoor/core';
import { headerValue } from './headers.ts';

/** Where a secret is; it never stands in a setting itself. Read anew, so that it can be renewed. */
export type SecretSource =
  | { readonly file: string }
  | { readonly environment: string }
  /** Program and arguments, without a shell; it prints the secret. */
  | { readonly command: readonly string[] };

/** What one host is to be shown, and no other. */
export interface HostCredential {
  /** `https://host:port`; the default port may be left out. */
  readonly origin: string;
  readonly scheme: 'bearer' | 'basic' | 'header';
  /** Its name, where the scheme is `header`. */
  readonly header?: string;
  /** For `basic` it holds `user:password`. */
  readonly secret: SecretSource;
}

type Headers = Readonly<Record<string, string>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Each host's own credentials: another origin gets none. */
export class Credentials {
  readonly #rows: readonly HostCredential[];
  readonly #environment: Environment;
  readonly #clock: Clock;
  /** What commands have printed. */
  readonly #printed = new Map<
    HostCredential,
    { readonly text: string; readonly untilMs: number }
  >();

  constructor(
    rows: readonly HostCredential[],
    environment: Environment = process.env,
    clock: Clock = systemClock,
  ) {
    this.#rows = rows.map((row) => ({ ...row, origin: originOf(row.origin) }));
    this.#environment = environment;
    this.#clock = clock;
  }

  /**
   * @param fresh ask commands again, since the host did not take what they said before
   * @throws CREDENTIAL_UNREADABLE which names the source, and never the secret
   */
  async headersFor(url: URL, fresh: boolean = false): Promise<Headers> {
    const rows = this.#rows.filter(({ origin }) => origin === url.origin);
    const headers = await Promise.all(rows.map((row) => this.#headerOf(row, fresh)));
    return Object.fromEntries(headers);
  }

  async #headerOf(row: HostCredential, fresh: boolean): Promise<readonly [string, string]> {
    const secret = (await this.#read(row, fresh)).trim();
    if (secret === '') throw new CodedError('CREDENTIAL_UNREADABLE', `${placeOf(row)}: empty`);
    if (row.scheme === 'header') {
      const name = (row.header ?? 'authorization').toLowerCase();
      return [name, headerValue(name, secret)];
    }
    const value =
      row.scheme === 'bearer'
        ? `Bearer ${secret}`
        : `Basic ${Buffer.from(secret, 'utf8').toString('base64')}`;
    return ['authorization', headerValue('authorization', value)];
  }

  async #read(row: HostCredential, fresh: boolean): Promise<string> {
    const { secret } = row;
    if ('environment' in secret) return this.#environment[secret.environment] ?? '';
    if ('file' in secret) return readSecret(secret.file);
    const known = this.#printed.get(row);
    const nowMs = this.#clock.monotonicMs();
    if (!fresh && known !== undefined && nowMs < known.untilMs) return known.text;
    const text = await run(secret.command);
    this.#printed.set(row, { text, untilMs: nowMs + LIMITS.credentialKeptMs });
    return text;
  }
}

function originOf(text: string): string {
  if (!URL.canParse(text)) throw new CodedError('CONFIG_BAD_VALUE', 'the origin of a credential');
  return new URL(text).origin;
}

/** For messages: where the secret was looked for. */
function placeOf({ secret }: HostCredential): string {
  if ('file' in secret) return secret.file;
  return 'environment' in secret ? secret.environment : (secret.command[0] ?? 'no command');
}

async function readSecret(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(LIMITS.outboundHeaderCharsMax + 1);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new CodedError('CREDENTIAL_UNREADABLE', path, error);
  }
}

function run(command: readonly string[]): Promise<string> {
  const [program, ...words] = command;
  if (program === undefined || program === '')
    return Promise.reject(new CodedError('CREDENTIAL_UNREADABLE', 'no command'));
  const options = {
    timeout: LIMITS.credentialCommandMs,
    maxBuffer: LIMITS.outboundHeaderCharsMax,
    windowsHide: true,
  };
  return new Promise((resolve, reject) => {
    execFile(program, words, options, (error, stdout) => {
      // Not the cause: it may hold what the command has printed.
      if (error !== null) reject(new CodedError('CREDENTIAL_UNREADABLE', program));
      else resolve(stdout);
    });
  });
}
