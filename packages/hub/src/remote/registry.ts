import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { CodedError, LIMITS } from '@spoor/core';
import { isSensorName } from '@spoor/edge';

/** A machine whose sensors may come in. */
export interface Enrolled {
  readonly name: string;
  /** Ed25519 public key: SPKI, DER, base64. */
  readonly key: string;
  readonly enrolledMs: number;
  readonly lastSeenMs?: number;
}

const SEEN_EVERY_MS = 60_000;
const KEY = /^[A-Za-z0-9+/]{59}=$/;

/** Names and keys of enrolled machines, in one file. Who is not in it is not let in. */
export class Registry {
  readonly #path: string;
  readonly #sensors: Map<string, Enrolled>;
  /** Removed, while the disk has them still. */
  readonly #unwritten = new Map<string, Enrolled>();

  /** Throws CONFIG_UNREADABLE for a damaged file, rather than forget or admit anybody. */
  constructor(path: string) {
    this.#path = path;
    this.#sensors = new Map(read(path).map((one) => [one.name, one]));
  }

  get all(): readonly Enrolled[] {
    return [...this.#sensors.values()];
  }

  get(name: string): Enrolled | undefined {
    return this.#sensors.get(name);
  }

  /** Throws ENROL_LIMIT or SENSOR_NAME_TAKEN. */
  check(name: string): void {
    if (this.#sensors.has(name)) throw new CodedError('SENSOR_NAME_TAKEN', name);
    if (this.#sensors.size >= LIMITS.remoteSensorsMax)
      throw new CodedError('ENROL_LIMIT', 'sensors');
  }

  add(sensor: Enrolled): void {
    this.check(sensor.name);
    this.#write(new Map(this.#sensors).set(sensor.name, sensor));
    this.#sensors.set(sensor.name, sensor);
  }

  /**
   * Holds at once; for good from the moment that the file is on disk. Throws SENSOR_UNKNOWN, and
   * STATE_FOLDER_UNUSABLE where the disk refuses: then it can be tried again.
   */
  remove(name: string): Enrolled {
    const sensor = this.#sensors.get(name) ?? this.#unwritten.get(name);
    if (sensor === undefined) throw new CodedError('SENSOR_UNKNOWN', name);
    this.#sensors.delete(name);
    this.#unwritten.set(name, sensor);
    this.#write(this.#sensors);
    this.#unwritten.delete(name);
    return sensor;
  }

  /** Written down once a minute at most. */
  seen(name: string, nowMs: number): void {
    const sensor = this.#sensors.get(name);
    if (sensor === undefined || nowMs - (sensor.lastSeenMs ?? 0) < SEEN_EVERY_MS) return;
    this.#sensors.set(name, { ...sensor, lastSeenMs: nowMs });
    this.#write(this.#sensors);
  }

  #write(sensors: ReadonlyMap<string, Enrolled>): void {
    const next = `${this.#path}.next`;
    const text = `${JSON.stringify([...sensors.values()], null, 2)}\n`;
    try {
      writeFileSync(next, text, { mode: 0o600, flush: true });
      renameSync(next, this.#path);
    } catch (error) {
      throw new CodedError('STATE_FOLDER_UNUSABLE', this.#path, error);
    }
  }
}

export const isSensorKey = (key: unknown): key is string =>
  typeof key === 'string' && KEY.test(key);

function read(path: string): readonly Enrolled[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every(isEnrolled)) return value;
  } catch {
    // Told below, like any other text that is no list of sensors.
  }
  throw new CodedError('CONFIG_UNREADABLE', path);
}

function isEnrolled(value: unknown): value is Enrolled {
  const { name, key, enrolledMs } = (value ?? {}) as Partial<Enrolled>;
  return isSensorName(name) && isSensorKey(key) && typeof enrolledMs === 'number';
}
