import type { HostInfo } from './host.ts';
import type { CaseId } from './ids.ts';
import { isCaseId } from './ids.ts';
import { LIMITS } from './limits.ts';
import { isObject } from './message.ts';
import type { Decision } from './observation.ts';

/** What a person, or a rule that defers, has stopped: its calls are denied until it is resumed. */
export interface Stop {
  /** Its name; every call that it denies bears it. */
  readonly case: CaseId;
  readonly kind: StopKind;
  /** Name of the server, id of the session, pseudonym of the principal; '' of all. */
  readonly value: string;
  /**
   * What the session's sensors are known by: keys of its host's processes and of the host's own
   * sessions. A session that is begun anew from there, or below there, is stopped too.
   */
  readonly hosts?: readonly string[];
  readonly reason: string;
  /** Who, and from where: `cli:alice`, `ui`, `rule:some-rule`. */
  readonly by: string;
  readonly atMs: number;
}

export const STOP_KINDS = ['all', 'server', 'session', 'principal'] as const;
export type StopKind = (typeof STOP_KINDS)[number];

/** What of a sensor's connection stops are compared with. */
export interface Stoppable {
  readonly session?: string;
  readonly server: string;
  readonly principal?: string;
  readonly hosts: readonly string[];
}

export function isStopped(
  { kind, value, hosts = [] }: Pick<Stop, 'kind' | 'value' | 'hosts'>,
  what: Stoppable,
): boolean {
  if (kind === 'all') return true;
  if (kind === 'server') return what.server === value;
  if (kind === 'principal') return what.principal === value;
  return what.session === value || what.hosts.some((host) => hosts.includes(host));
}

/** What a sensor is told of stops. */
export interface StopNotice {
  readonly case: CaseId;
  /**
   * Is all stopped that it carries? Else some principal is, and the hub knows with each call
   * whether it is of that one.
   */
  readonly whole: boolean;
}

/**
 * What of a connection is stopped, for a sensor that no hub tells. Undefined: nothing.
 *
 * @param stops Undefined where nobody can say what is stopped: then all is.
 */
export function stopNotice(
  stops: readonly Stop[] | undefined,
  what: Stoppable,
): Partial<StopNotice> | undefined {
  if (stops === undefined) return { whole: true };
  const whole = stops.find((stop) => isStopped(stop, what));
  if (whole !== undefined) return { case: whole.case, whole: true };
  // Each call may come with evidence of its own of who calls.
  const other = stops.find(({ kind }) => kind === 'principal');
  return other === undefined ? undefined : { case: other.case, whole: false };
}

/** A program that a stopped host starts is no way around its stop. */
export function stopHosts({
  host,
  session,
  hostSession,
}: {
  readonly host: Pick<HostInfo, 'process' | 'ancestors'>;
  readonly session?: string;
  readonly hostSession?: string;
}): readonly string[] {
  // Clients of a gateway that have a session of their own are not the program that started it.
  if (session !== undefined) return [session];
  const processes = [host.process, ...host.ancestors].map(({ pid, start }) => `${pid}.${start}`);
  return hostSession === undefined ? processes : [...processes, hostSession];
}

/** The decision on a call that is stopped; real in every mode. */
export const stopped = (caseId: CaseId | undefined, by: Decision['by']): Decision => ({
  action: 'deny',
  wanted: 'deny',
  rule: '',
  reason: 'stopped',
  ...(caseId === undefined ? {} : { case: caseId }),
  mode: 'enforce',
  by,
});

/** Undefined where the text is no list of stops. */
export function parseStops(text: string): readonly Stop[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.length <= LIMITS.stopsMax && value.every(isStop)
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

const KINDS: ReadonlySet<unknown> = new Set(STOP_KINDS);

function isStop(value: unknown): value is Stop {
  if (!isObject(value) || !KINDS.has(value.kind)) return false;
  const { case: caseId, hosts } = value;
  const texts = [value.value, value.reason, value.by];
  if (typeof caseId !== 'string' || !isCaseId(caseId)) return false;
  if (hosts !== undefined && !(Array.isArray(hosts) && hosts.every(isText))) return false;
  return texts.every(isText) && typeof value.atMs === 'number';
}

const isText = (value: unknown): boolean => typeof value === 'string';

/** What a client may still say while it is stopped: nothing of this does anything. */
const PASSES_STOPPED: ReadonlySet<string> = new Set([
  'initialize',
  'server/discover',
  'ping',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
  'notifications/initialized',
  'notifications/cancelled',
]);

/** May a message of a client with this method pass while all is stopped? */
export const passesStopped = (method: string): boolean => PASSES_STOPPED.has(method);
