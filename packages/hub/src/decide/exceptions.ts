import { hash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  CodedError,
  canonicalize,
  type Exception,
  type ExceptionView,
  isBroad,
  LIMITS,
  type Observation,
  readException,
  type SipKey,
  sipHash,
  writeException,
} from '@spoor/core';
import { belongingOf } from '@spoor/detect';

interface Uses {
  count: number;
  lastMs: number;
}

interface Options {
  readonly path: string;
  /** What the authors of rules have excepted. */
  readonly ofRules: readonly Exception[];
  /** Of the prints of destinations, which all sessions share. */
  readonly key: SipKey;
  readonly say: (line: string) => void;
}

/**
 * Where rules do nothing. The owner's stand in a file that the hub writes, and that a person may
 * write, too. What of it cannot be read is no exception, and is said.
 */
export class Exceptions {
  readonly #options: Options;
  readonly #uses = new Map<string, Uses>();
  readonly #prints = new Map<string, string>();
  #own: readonly Exception[] = [];
  #byRule: ReadonlyMap<string, readonly Exception[]> = new Map();
  #problems: readonly string[] = [];

  constructor(options: Options) {
    this.#options = options;
    this.load();
  }

  get own(): readonly Exception[] {
    return this.#own;
  }

  views(nowMs: number): readonly ExceptionView[] {
    const own = new Set(this.#own);
    return [...this.#byRule.values()].flat().map((one) => ({
      ...one,
      by: own.has(one) ? 'owner' : 'rule',
      expired: one.expiresMs <= nowMs,
      broad: isBroad(one),
      uses: this.#uses.get(one.id)?.count ?? 0,
      ...lastOf(this.#uses.get(one.id)),
    }));
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Id of one that lets the call pass the rule. Each that does is counted. */
  of(rule: string, o: Observation): string | undefined {
    const nowMs = o.time.hubMs;
    const found = this.#byRule
      .get(rule)
      ?.find((one) => one.expiresMs > nowMs && fits(one, o, (text) => this.#printOf(text)));
    if (found === undefined) return undefined;
    const { count } = this.#uses.get(found.id) ?? { count: 0 };
    this.#uses.set(found.id, { count: count + 1, lastMs: nowMs });
    return found.id;
  }

  /** Throws EXCEPTION_INVALID or EXCEPTIONS_FULL. */
  add(value: object, nowMs: number): Exception {
    const read = readException(value, idOf);
    if ('problem' in read) throw new CodedError('EXCEPTION_INVALID', read.problem);
    const { exception } = read;
    const wrong = wrongOf(exception, nowMs);
    if (wrong !== undefined) throw new CodedError('EXCEPTION_INVALID', wrong);
    if (this.#own.length >= LIMITS.exceptionsMax) throw new CodedError('EXCEPTIONS_FULL');
    this.#write([...this.#own.filter(({ id }) => id !== exception.id), exception]);
    return exception;
  }

  /** Throws EXCEPTION_UNKNOWN; what stands in a rule is changed there. */
  remove(id: string): Exception {
    const found = this.#own.find((one) => one.id === id);
    if (found === undefined) throw new CodedError('EXCEPTION_UNKNOWN', id);
    this.#write(this.#own.filter((one) => one !== found));
    return found;
  }

  /** Reads the file again; a file that is no list leaves none. */
  load(): void {
    const { path, say } = this.#options;
    const problems: string[] = [];
    this.#take(read(path, problems).filter((one) => isKept(one, problems)));
    this.#problems = problems;
    for (const problem of problems) say(`EXCEPTION_INVALID ${path}: ${problem}`);
  }

  #write(next: readonly Exception[]): void {
    const { path } = this.#options;
    const text = JSON.stringify(next.map(writeException), null, 2);
    writeFileSync(`${path}.next`, `${text}\n`, { mode: 0o600, flush: true });
    renameSync(`${path}.next`, path);
    this.#take(next);
  }

  #take(own: readonly Exception[]): void {
    this.#own = own;
    this.#byRule = Map.groupBy([...own, ...this.#options.ofRules], ({ rule }) => rule);
  }

  #printOf(destination: string): string {
    const known = this.#prints.get(destination);
    if (known !== undefined) return known;
    const print = sipHash(this.#options.key, `destination ${destination}`);
    if (this.#prints.size < PRINTS_MAX) this.#prints.set(destination, print);
    return print;
  }
}

const PRINTS_MAX: number = LIMITS.exceptionsMax * LIMITS.exceptionDestinationsMax;

function fits({ only }: Exception, o: Observation, printOf: (text: string) => string): boolean {
  const { request } = o.facts;
  const same: readonly (readonly [string | undefined, string | undefined])[] = [
    [only.server, o.server.name],
    [only.tool, o.tool?.name],
    [only.definition, o.tool?.definition],
    [only.principal, o.principal.pseudonym],
    [only.session, o.session.id],
    [only.arguments, request?.digest],
  ];
  if (!same.every(([wanted, is]) => wanted === undefined || wanted === is)) return false;
  return only.destinations === undefined || goesOnlyTo(only.destinations.map(printOf), request);
}

/** What was not read to its end, or goes to more than was noted, may go anywhere. */
function goesOnlyTo(prints: readonly string[], request: Observation['facts']['request']): boolean {
  const { destinations = [], truncated = true } = request ?? {};
  if (truncated || destinations.length === 0) return false;
  if (destinations.length >= LIMITS.destinationsPerCallMax) return false;
  return destinations.every((print) => prints.includes(print));
}

function wrongOf({ expiresMs, only }: Exception, nowMs: number): string | undefined {
  if (expiresMs <= nowMs) return 'it has expired already';
  if (expiresMs - nowMs > LIMITS.exceptionMaxMs) return 'it expires in more than a year';
  return farDestination(only.destinations ?? []);
}

/** Calls show domains, hosts and names; an address in a domain of its own is none of these. */
function farDestination(destinations: readonly string[]): string | undefined {
  const wide = destinations.find((one) => belongingOf(one)[0] !== one);
  return wide === undefined ? undefined : `calls show ${belongingOf(wide)[0]}, not ${wide}`;
}

const isKept = ({ id, only }: Exception, problems: string[]): boolean => {
  const wrong = farDestination(only.destinations ?? []);
  if (wrong !== undefined) problems.push(`${id}: ${wrong}`);
  return wrong === undefined;
};

function read(path: string, problems: string[]): readonly Exception[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') problems.push('it cannot be read');
    return [];
  }
  if (!Array.isArray(value) || value.length > LIMITS.exceptionsMax) {
    problems.push('it is no list of exceptions');
    return [];
  }
  return value.flatMap((one, at) => {
    const found = readException(one, idOf);
    if ('exception' in found) return [found.exception];
    problems.push(`number ${at + 1}: ${found.problem}`);
    return [];
  });
}

/** The same words have the same id, also where a person wrote them. */
function idOf(value: object): string {
  const digits = hash('sha256', canonicalize(value));
  return `x-${digits.slice(0, 10)}`;
}

const lastOf = (uses: Uses | undefined): { readonly lastUsedMs?: number } =>
  uses === undefined ? {} : { lastUsedMs: uses.lastMs };
