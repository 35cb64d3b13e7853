import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { CodedError, LIMITS } from '@spoor/core';
import { checkPrivate, type Home } from './home.ts';

/** Where a hub on another machine is, and how it is known. */
export interface HubPlace {
  readonly host: string;
  readonly port: number;
  /** SHA-256 of the public key in its certificate (SPKI, DER): 64 hexadecimal digits. */
  readonly pin: string;
}

/** What the owner of a hub carries over to another machine, once. */
export interface EnrolCode extends HubPlace {
  readonly secret: string;
}

/** What a machine keeps of it. */
export interface Enrolment extends HubPlace {
  /** As the hub's owner calls this machine. */
  readonly name: string;
  /** Ed25519, PKCS #8, PEM. */
  readonly key: string;
}

const HEAD = 'spoor-enrol-1.';
const PIN = /^[0-9a-f]{64}$/;
const SECRET = /^[0-9a-f]{40}$/;
const SENSOR_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Small letters, digits and hyphens: it is part of names of servers, on screens and in entries. */
export const isSensorName = (name: unknown): name is string =>
  typeof name === 'string' && SENSOR_NAME.test(name);

export const formatCode = ({ host, port, pin, secret }: EnrolCode): string =>
  HEAD + Buffer.from(JSON.stringify({ host, port, pin, secret })).toString('base64url');

/** Throws ENROL_CODE_INVALID, and never says what it was given. */
export function parseCode(text: string): EnrolCode {
  const code = text.trim();
  if (!code.startsWith(HEAD) || code.length > LIMITS.remoteCodeCharsMax)
    throw new CodedError('ENROL_CODE_INVALID', 'no code of this form');
  const value = objectOf(Buffer.from(code.slice(HEAD.length), 'base64url').toString());
  const { secret } = value;
  const place = placeOf(value);
  if (place === undefined || typeof secret !== 'string' || !SECRET.test(secret))
    throw new CodedError('ENROL_CODE_INVALID', 'it is cut off or changed');
  return { ...place, secret };
}

/** Undefined where this machine is not enrolled. Throws ENROLMENT_UNREADABLE. */
export function readEnrolment(home: Home): Enrolment | undefined {
  let text: string;
  try {
    text = readFileSync(home.enrolment, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CodedError('ENROLMENT_UNREADABLE', home.enrolment, error);
  }
  checkPrivate(home.folder);
  const value = objectOf(text);
  const place = placeOf(value);
  const { name, key } = value;
  if (place === undefined || !isSensorName(name) || typeof key !== 'string')
    throw new CodedError('ENROLMENT_UNREADABLE', home.enrolment);
  return { ...place, name, key };
}

/** Whole or not at all, and for this user alone. */
export function writeEnrolment(home: Home, enrolment: Enrolment): void {
  const next = `${home.enrolment}.next`;
  writeFileSync(next, `${JSON.stringify(enrolment)}\n`, { mode: 0o600, flush: true });
  renameSync(next, home.enrolment);
}

/** Of a public key in DER form. */
export const pinOf = (spki: Uint8Array): string => createHash('sha256').update(spki).digest('hex');

/**
 * What a sensor signs. The challenge is fresh, and the exported value belongs to this one TLS
 * connection (RFC 9266): what was signed elsewhere is worth nothing here.
 */
export const signedBytes = (
  op: 'enrol' | 'prove',
  challenge: Uint8Array,
  exported: Uint8Array,
): Buffer => Buffer.concat([Buffer.from(`spoor sensor ${op} 1\n`), challenge, exported]);

/** Label and length by RFC 9266, the same on both ends. */
export const EXPORTER = { label: 'EXPORTER-Channel-Binding', bytes: 32 } as const;

/** Protocol name (ALPN) of the door for sensors. */
export const REMOTE_PROTOCOL = 'spoor-sensor/1';

function placeOf({ host, port, pin }: Readonly<Record<string, unknown>>): HubPlace | undefined {
  const named = typeof host === 'string' && host !== '' && host.length <= 253;
  const fits = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
  if (!named || !fits || typeof pin !== 'string' || !PIN.test(pin)) return undefined;
  return { host, port, pin };
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Without members, every check of them fails.
  }
  return {};
}
