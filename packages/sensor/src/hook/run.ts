import { createHash } from 'node:crypto';
import {
  ALLOW,
  DENIED_TEXT,
  type Decision,
  isObject,
  type Mode,
  type Policy,
  parseStrictText,
  type Sensed,
  safeName,
  systemClock,
  systemRandom,
  uuidv7,
} from '@spoor/core';
import type { Home } from '@spoor/edge/home';
import { delay } from '../delay.ts';
import { findHost } from '../host.ts';
import { HubClient } from '../hubclient.ts';
import type { HookEvent, HookHost, HookJson, HookTool, Verdict } from './host.ts';

export { policyOf } from './policy.ts';

export interface HookOptions {
  readonly host: HookHost;
  /** Name of the event, where the host's settings say it; else the event says it itself. */
  readonly event?: string;
  /** What the host wrote to standard input. */
  readonly input: string;
  readonly home: Home;
  readonly version: string;
  readonly rulesFolder: string;
  /** What holds where no hub answers. */
  readonly policy: Policy;
  /** What a hub may take for a decision. One that may take longer is also waited for longer. */
  readonly budgetMs?: number;
  readonly startHub?: () => void;
}

/** A hub that is there answers in a few milliseconds; the host waits for this at every tool. */
const CONTACT_MS = 500;

type Around = Extract<HookEvent, { readonly kind: 'before' | 'after' | 'done' }>;

/**
 * One event of a host's hook: tells the hub, and returns what the host reads on standard output. It
 * never rejects: what goes wrong here follows the fail setting, and in `observe` stops nothing.
 */
export async function runHook(options: HookOptions): Promise<object> {
  const { host, policy } = options;
  const json = readJson(options.input);
  const name = options.event ?? nameOf(json);
  const mayDeny = host.before.includes(name);
  // The host waits for this process; timers of its own do not keep it.
  const alive = setInterval(() => undefined, 60_000);
  try {
    if (json === undefined) return await unreadable(options, name, mayDeny);
    return host.answer(name, await tell(options, host.read(json, name), json));
  } catch {
    const closed = mayDeny && modeOf(policy) === 'enforce';
    return host.answer(name, closed ? { kind: 'deny', text: DENIED_TEXT } : { kind: 'none' });
  } finally {
    clearInterval(alive);
  }
}

function readJson(input: string): HookJson | undefined {
  const read = parseStrictText(input);
  return read.ok && isObject(read.value) ? read.value : undefined;
}

function nameOf(json: HookJson | undefined): string {
  const name = json?.hook_event_name ?? json?.hookEventName;
  return typeof name === 'string' ? name : '';
}

const modeOf = ({ mode, rules }: Policy): Mode =>
  Object.values(rules).includes('enforce') ? 'enforce' : mode;

/** What cannot be read is recorded, and in `enforce` nothing runs that it was about. */
async function unreadable(options: HookOptions, name: string, mayDeny: boolean): Promise<object> {
  const { host } = options;
  const { senseUnreadable } = await import('@spoor/detect/sense');
  const hub = await connect(options, host.name, '', {});
  const seen = senseUnreadable('invalid-json', systemClock.nowMs(), systemRandom);
  hub.record(seen, []);
  await leave(hub, options.budgetMs);
  const closed = mayDeny && hub.mode === 'enforce';
  return host.answer(name, closed ? { kind: 'deny', text: DENIED_TEXT } : { kind: 'none' });
}

async function tell(options: HookOptions, event: HookEvent, json: HookJson): Promise<Verdict> {
  const { host } = options;
  const isTool = event.kind === 'before' || event.kind === 'after' || event.kind === 'done';
  const server = isTool ? (event.server ?? host.name) : 'user';
  const hub = await connect(options, server, event.session, json);
  try {
    if (hub.elsewhere || event.kind === 'other') return { kind: 'none' };
    if (event.kind === 'prompt') {
      await prompted(hub, event.text);
      return { kind: 'none' };
    }
    return event.kind === 'before'
      ? await before(host.modifies === true && host.asks(json), hub, event)
      : await end(hub, event);
  } finally {
    await leave(hub, options.budgetMs);
  }
}

async function connect(
  { host, home, version, rulesFolder, policy, budgetMs, startHub }: HookOptions,
  server: string,
  session: string,
  json: HookJson,
): Promise<HubClient> {
  const digest = createHash('sha256').update(`${host.name}\n${session}`).digest('hex');
  const hub = new HubClient({
    home,
    hello: {
      protocol: 1,
      sensor: { id: uuidv7(systemClock.nowMs(), systemRandom), kind: 'hook', version },
      server: { name: safeName(server, () => 'server'), transport: 'unknown' },
      host: findHost(),
      ...(session === '' ? {} : { hostSession: digest.slice(0, 32) }),
      ...(host.asks(json) ? { asksInHost: true as const } : {}),
    },
    random: systemRandom,
    rulesFolder,
    brief: { policy },
    ...(startHub === undefined ? {} : { startHub }),
  });
  await Promise.race([hub.ready, delay(patienceMs(budgetMs))]);
  return hub;
}

const patienceMs = (budgetMs = 0): number => Math.max(CONTACT_MS, budgetMs);

const leave = (hub: HubClient, budgetMs: number | undefined): Promise<unknown> =>
  Promise.race([hub.close(), delay(patienceMs(budgetMs))]);

async function prompted(hub: HubClient, text: string): Promise<void> {
  if (text.trim() === '') return;
  const { senseIntentOf } = await import('../intent.ts');
  const sensed = senseIntentOf(hub, text);
  hub.record(sensed, hub.seal(sensed.id, 'intent', Buffer.from(text)));
  hub.embed(sensed.id, text);
}

async function before(
  modifies: boolean,
  hub: HubClient,
  event: Extract<HookEvent, { readonly kind: 'before' }>,
): Promise<Verdict> {
  const verdict = await begin(modifies, hub, event);
  if (event.result === undefined || verdict.kind !== 'none') return verdict;
  return end(hub, { ...event, kind: 'done', result: event.result });
}

async function begin(modifies: boolean, hub: HubClient, event: Around): Promise<Verdict> {
  const sensed = await senseBegin(hub, event);
  const sealed = hub.seal(sensed.id, 'request', Buffer.from(JSON.stringify(event.args ?? {})));
  if (!hub.enforces && !hub.connected) {
    // Nothing would be denied, so nothing is loaded to decide.
    hub.record({ ...sensed, decidedAlone: { ...ALLOW, by: 'sensor' } }, sealed);
    return { kind: 'none' };
  }
  const { decision } = await hub.begin(sensed, sealed);
  if (decision.action !== 'modify') return verdictOf(decision);
  return modified(modifies, event.args, decision);
}

/** Results are beyond a hook: a mask of one denies the call, and so does what cannot be masked. */
async function modified(modifies: boolean, args: unknown, decision: Decision): Promise<Verdict> {
  const { mask } = decision;
  const denied = verdictOf({ ...decision, action: 'deny' });
  if (!modifies || mask?.arguments === undefined || mask.result !== undefined) return denied;
  const { maskMessage } = await import('@spoor/detect/mask');
  const whole = JSON.stringify({ params: { arguments: args ?? {} } });
  const masked = maskMessage(whole, 'arguments', mask.arguments);
  const { params } = JSON.parse(masked.text) as {
    readonly params: { readonly arguments: unknown };
  };
  const text = `Some arguments were masked by your security policy.${caseText(decision)}`;
  return { kind: 'modify', args: params.arguments, text };
}

const caseText = ({ case: caseId }: { readonly case?: string | undefined }): string =>
  caseId === undefined ? '' : ` Case ${caseId}.`;

function verdictOf({ action, case: caseId }: Decision): Verdict {
  if (action === 'allow') return { kind: 'none' };
  const end = caseText({ case: caseId });
  if (action === 'ask')
    return { kind: 'ask', text: `A rule of your security policy asks for your approval.${end}` };
  return { kind: 'deny', text: DENIED_TEXT + end };
}

async function end(
  hub: HubClient,
  event: Extract<Around, { readonly result: unknown }>,
): Promise<Verdict> {
  const { contentMatcher, senseResponse } = await import('@spoor/detect/sense');
  const fresh = await senseBegin(hub, event);
  const { call, span, startMs } = await hub.find(fresh.tool ?? '', fresh.pair ?? '');
  const begun: Sensed =
    call === undefined
      ? fresh
      : { ...fresh, id: call, span: span ?? fresh.span, startMs: startMs ?? fresh.startMs };
  const failed = event.kind === 'after' && event.failed;
  const result = { content: event.result, isError: failed };
  const bytes = Buffer.from(JSON.stringify(result));
  const response = { kind: 'response' as const, id: 0, result };
  const { pair: _, ...told } = senseResponse(begun, response, bytes.length, {
    ...contextOf(hub),
    content: contentMatcher(hub.asked),
  });
  hub.record(told, hub.seal(told.id, 'result', bytes));
  return { kind: 'none' };
}

async function senseBegin(hub: HubClient, { tool, args, callId }: HookTool): Promise<Sensed> {
  const { contentMatcher, senseRequest, NO_CAUSE } = await import('@spoor/detect/sense');
  const params = { name: tool, arguments: args ?? {} };
  const request = { kind: 'request' as const, id: 0, method: 'tools/call', params };
  const bytes = JSON.stringify(params.arguments).length;
  const sensed = senseRequest(request, 'tool.call', bytes, NO_CAUSE, {
    ...contextOf(hub),
    content: contentMatcher(hub.asked),
  });
  const pair = callId === undefined ? (sensed.request?.digest ?? '') : hub.keys.digest(callId);
  const { requestId: _, ...rest } = sensed;
  return { ...rest, pair };
}

const contextOf = (hub: HubClient) => ({
  keys: hub.keys,
  project: hub.project,
  random: systemRandom,
  nowMs: systemClock.nowMs(),
});
