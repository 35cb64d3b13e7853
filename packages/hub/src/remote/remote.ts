import { createPublicKey, verify } from 'node:crypto';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import {
  CodedError,
  type IdentityLevel,
  LIMITS,
  type Random,
  type RemoteCodeView,
  type SensorView,
} from '@spoor/core';
import { formatCode, type Home, isSensorName, pinOf, signedBytes } from '@spoor/edge';
import type { Entry } from '@spoor/ledger';
import type { Node } from '../decide/node.ts';
import type { RemoteOptions } from '../options.ts';
import type { SensorServer } from '../sensors.ts';
import { type Certificate, loadCertificate } from './certificate.ts';
import { EnrolCodes } from './codes.ts';
import { Door, type Greeting } from './door.ts';
import { type Enrolled, isSensorKey, Registry } from './registry.ts';

interface RemoteParts {
  readonly home: Home;
  readonly options: RemoteOptions | undefined;
  readonly sensors: Pick<SensorServer, 'take' | 'cut' | 'countOf'>;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly say: (line: string) => void;
  readonly note: (entry: Entry) => void;
  /** How far it is proved what a machine's sensors say of its processes. */
  readonly levelOf: (name: string) => IdentityLevel;
}

/** What the API asks of it. */
export type RemoteQuestion =
  | {
      readonly kind: 'remote.code';
      readonly name?: string;
      readonly minutes: number;
      readonly host?: string;
    }
  | { readonly kind: 'remote.list' }
  | { readonly kind: 'remote.revoke'; readonly name: string };

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::', '']);
const MINUTE_MS = 60_000;

/** Sensors of other machines: who they are, how they come in, and how they are sent away. */
export class Remote {
  readonly #parts: RemoteParts;
  readonly #registry: Registry;
  readonly #codes: EnrolCodes;
  #certificate: Certificate | undefined;
  #door: Door | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: RemoteParts) {
    this.#parts = parts;
    this.#registry = new Registry(join(parts.home.folder, 'sensors.json'));
    this.#codes = new EnrolCodes(parts.random);
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#door?.counts ?? {};
  }

  /** Opens the door where the owner wants one. Rejects with REMOTE_CERTIFICATE or PORT_IN_USE. */
  async open(): Promise<void> {
    const { home, options, random, nowMs } = this.#parts;
    if (options === undefined) return;
    const certificate = loadCertificate(home, options.files);
    const door = new Door({ certificate, random, nowMs, admit: (one) => this.#admit(one) });
    await door.listen(options.host, options.port);
    this.#certificate = certificate;
    this.#door = door;
    if (options.files !== undefined)
      this.#timer = setInterval(() => this.#reload(), LIMITS.remoteReloadMs);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#door?.close();
  }

  answer(question: RemoteQuestion): RemoteCodeView | readonly SensorView[] | SensorView {
    if (question.kind === 'remote.code') return this.#newCode(question);
    if (question.kind === 'remote.list') return this.#registry.all.map((one) => this.#view(one));
    return this.#revoke(question.name);
  }

  #newCode({
    name = this.#freeName(),
    minutes,
    host,
  }: Extract<RemoteQuestion, { kind: 'remote.code' }>): RemoteCodeView {
    const { options, nowMs, note } = this.#parts;
    const pin = this.#certificate?.pin;
    if (this.#door === undefined || options === undefined || pin === undefined)
      throw new CodedError('REMOTE_OFF');
    const reached = host ?? options.host;
    if (WILDCARDS.has(reached))
      throw new CodedError('BAD_REQUEST', 'host: the address by which other machines reach this');
    if (!isSensorName(name)) throw new CodedError('BAD_REQUEST', 'name: a-z, 0-9 and hyphens');
    this.#registry.check(name);
    const untilMs = nowMs() + minutes * MINUTE_MS;
    const secret = this.#codes.make(name, minutes, nowMs());
    note({ kind: 'config.changed', detail: { enrolCode: name, untilMs } });
    return {
      name,
      untilMs,
      code: formatCode({ host: reached, port: this.#door.port, pin, secret }),
    };
  }

  #freeName(): string {
    return `sensor-${Buffer.from(this.#parts.random.bytes(4)).toString('hex')}`;
  }

  #revoke(name: string): SensorView {
    // First what is open: also where the disk refuses what comes next.
    this.#codes.forget(name);
    this.#parts.sensors.cut(name);
    const sensor = this.#registry.remove(name);
    try {
      this.#parts.note({ kind: 'config.changed', detail: { revoked: name, key: keyOf(sensor) } });
    } catch (error) {
      this.#parts.say(`sensors: revoked ${name}, which is not in the ledger: ${String(error)}`);
    }
    return this.#view(sensor);
  }

  #view(sensor: Enrolled): SensorView {
    const { name, enrolledMs, lastSeenMs } = sensor;
    const connections = this.#parts.sensors.countOf(name);
    const seen = lastSeenMs === undefined ? {} : { lastSeenMs };
    const level = this.#parts.levelOf(name);
    return { name, level, key: keyOf(sensor), enrolledMs, ...seen, connections };
  }

  #admit(greeting: Greeting): {
    readonly name: string;
    readonly enter?: (socket: Socket) => void;
  } {
    const { op, name, secret, key, signature } = membersOf(greeting.json);
    if (op === 'enrol') return { name: this.#enrol(greeting, { secret, key, signature }) };
    const known = typeof name === 'string' ? this.#registry.get(name) : undefined;
    if (op !== 'prove' || known === undefined || !isSigned('prove', greeting, known.key, signature))
      throw new CodedError('SENSOR_NOT_ENROLLED');
    if (this.#parts.sensors.countOf(known.name) >= LIMITS.remoteConnectionsEachMax)
      throw new CodedError('ENROL_LIMIT', 'connections');
    const node: Node = { name: known.name, key: keyOf(known) };
    return { name: known.name, enter: (socket) => this.#enter(socket, node) };
  }

  #enter(socket: Socket, node: Node): void {
    const { sensors, nowMs, say } = this.#parts;
    sensors.take(socket, node);
    const seen = (): void => {
      try {
        this.#registry.seen(node.name, nowMs());
      } catch (error) {
        say(`sensors: ${String(error)}`);
      }
    };
    seen();
    socket.once('close', seen);
  }

  #enrol(greeting: Greeting, { secret, key, signature }: Members): string {
    const { nowMs, note } = this.#parts;
    if (!isSensorKey(key) || !isSigned('enrol', greeting, key, signature))
      throw new CodedError('WIRE_INVALID', 'key or signature');
    if (typeof secret !== 'string') throw new CodedError('ENROL_CODE_INVALID');
    const name = this.#codes.take(secret, nowMs());
    const sensor: Enrolled = { name, key, enrolledMs: nowMs() };
    this.#registry.check(name);
    // Nobody comes in whom the ledger could not take.
    note({ kind: 'config.changed', detail: { enrolled: name, key: keyOf(sensor) } });
    this.#registry.add(sensor);
    return name;
  }

  /** A pair of files that do not fit, as in the middle of a change, leaves the old one in use. */
  #reload(): void {
    const { home, options, say } = this.#parts;
    try {
      const next = loadCertificate(home, options?.files);
      if (next.cert === this.#certificate?.cert) return;
      this.#door?.show(next);
      this.#certificate = next;
    } catch (error) {
      say(`remote: ${String(error)}`);
    }
  }
}

type Members = Readonly<Record<'secret' | 'key' | 'signature', unknown>>;

/** Digest of its public key. */
const keyOf = ({ key }: Enrolled): string => pinOf(Buffer.from(key, 'base64'));

const membersOf = (json: unknown): Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};

const ED25519_CHARS = 88;

function isSigned(
  op: 'enrol' | 'prove',
  { challenge, exported }: Greeting,
  key: string,
  signature: unknown,
): boolean {
  if (typeof signature !== 'string' || signature.length !== ED25519_CHARS) return false;
  try {
    const spki = createPublicKey({
      key: Buffer.from(key, 'base64'),
      type: 'spki',
      format: 'der',
    });
    if (spki.asymmetricKeyType !== 'ed25519') return false;
    const bytes = signedBytes(op, challenge, exported);
    return verify(null, bytes, spki, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
