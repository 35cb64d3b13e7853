import {
  type Alert,
  type ClientsView,
  CodedError,
  DAY_MS,
  type DestinationView,
  type ErrorCode,
  type HealthView,
  type HubView,
  isCaseId,
  LIMITS,
  type LiveEvent,
  type Observation,
  type Problem,
  type RuleView,
} from '@spoor/core';
import { PRUNED } from '@spoor/ledger/verify';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import type { Entries, HubState, Question } from '../bus.ts';
import { PROMETHEUS_TYPE } from '../metrics/prometheus.ts';
import type { Sinks } from '../sinks/sinks.ts';
import type { Store } from '../store/store.ts';
import type { VaultDesk } from '../vault/desk.ts';
import { askRoutes } from './asks.ts';
import { type Auth, COOKIE } from './auth.ts';
import { baselineRoutes } from './baselines.ts';
import { bodyOf } from './body.ts';
import { Counting } from './counting.ts';
import { definitionRoutes } from './definitions.ts';
import { exceptionRoutes } from './exceptions.ts';
import { isLogPath, readUnder, typeOf } from './files.ts';
import { labelRoutes } from './labels.ts';
import type { LiveStream } from './live.ts';
import { cursorAfter, cursorOf, orderOf } from './order.ts';
import { replayRoutes } from './replay.ts';
import { sensorRoutes } from './sensors.ts';
import { sinkRoutes } from './sinks.ts';
import { stopRoutes } from './stops.ts';
import { traceRoutes } from './traces.ts';
import { vaultRoutes } from './vault.ts';
import { callDetail, caseView, sessionDetail, withContents } from './views.ts';

export interface AppOptions {
  readonly auth: Auth;
  readonly store: Store;
  readonly live: LiveStream;
  readonly state: () => HubState;
  readonly ask: (question: Question) => Promise<unknown>;
  readonly destinations: () => readonly DestinationView[];
  readonly sinks: Pick<Sinks, 'views' | 'test' | 'revive'> | undefined;
  /** In Prometheus' text format. */
  readonly metrics: () => string;
  readonly clients: () => ClientsView;
  readonly vault: VaultDesk;
  readonly ingest: () => HubView['ingest'];
  readonly nowMs: () => number;
  readonly startedMs: number;
  readonly version: string;
  readonly webPath: string;
  readonly ledgerPath: string;
  readonly storePath: string;
  /** `host:port` values that a request may name. */
  readonly hosts: () => ReadonlySet<string>;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The hub's HTTP side; routes and shapes are those of core's `api.ts`. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  app.use(guard(options));
  app.use(
    bodyLimit({
      maxSize: LIMITS.apiBodyBytesMax,
      onError: (c) => problem(c, new CodedError('BODY_TOO_LARGE')),
    }),
  );
  app.onError((error, c) => problem(c, error));
  login(app, options);
  app.use('/api/*', authorize(options));
  app.use('/ledger/*', authorize(options));
  app.use('/metrics', authorize(options));
  sessionRoutes(app, options);
  alertRoutes(app, options);
  hubRoutes(app, options);
  askRoutes(app, {
    ...options,
    isCommand: (c) => options.auth.isBearer(c.req.header('authorization')),
  });
  exceptionRoutes(app, {
    ...options,
    isCommand: (c) => options.auth.isBearer(c.req.header('authorization')),
  });
  stopRoutes(app, {
    ...options,
    isCommand: (c) => options.auth.isBearer(c.req.header('authorization')),
  });
  definitionRoutes(app, {
    ...options,
    isCommand: (c) => options.auth.isBearer(c.req.header('authorization')),
  });
  labelRoutes(app, {
    ...options,
    isCommand: (c) => options.auth.isBearer(c.req.header('authorization')),
  });
  vaultRoutes(app, {
    vault: options.vault,
    isCommand: (c) => options.auth.isBearer(c.req.header('authorization')),
  });
  baselineRoutes(app, options);
  sinkRoutes(app, options);
  replayRoutes(app, options);
  traceRoutes(app, options);
  sensorRoutes(app, {
    ...options,
    isCommand: (c) => options.auth.isBearer(c.req.header('authorization')),
  });
  liveRoute(app, options);
  app.get('/ledger/*', async (c) => {
    const path = c.req.path.slice('/ledger/'.length);
    const bytes = isLogPath(path) ? await readUnder(options.ledgerPath, path) : undefined;
    // That nothing was pruned is no error, and a browser would report one to its user.
    if (bytes === undefined && path === PRUNED) return c.body(null, 204);
    if (bytes === undefined) throw new CodedError('NOT_FOUND');
    return c.body(new Uint8Array(bytes), 200, { 'content-type': 'application/octet-stream' });
  });
  app.get('/metrics', (c) => c.body(options.metrics(), 200, { 'content-type': PROMETHEUS_TYPE }));
  app.all('/api/*', () => {
    throw new CodedError('NOT_FOUND');
  });
  app.get('*', (c) => page(c, options.webPath));
  return app;
}

/**
 * Host, Origin and response headers, for every request. A page of another site can reach loopback;
 * it must get nothing.
 */
const guard =
  ({ hosts }: AppOptions) =>
  async (c: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    c.header('Content-Security-Policy', POLICY);
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cross-Origin-Opener-Policy', 'same-origin');
    c.header('Cross-Origin-Resource-Policy', 'same-origin');
    c.header('Cache-Control', 'no-store');
    const host = c.req.header('host') ?? '';
    const origin = c.req.header('origin');
    if (!hosts().has(host)) return problem(c, new CodedError('FORBIDDEN_ORIGIN', 'host'));
    if (origin !== undefined && origin !== `http://${host}`) {
      return problem(c, new CodedError('FORBIDDEN_ORIGIN', 'origin'));
    }
    await next();
    return undefined;
  };

const authorize =
  ({ auth, nowMs }: AppOptions) =>
  async (c: Context, next: () => Promise<void>): Promise<void> => {
    if (!auth.isBearer(c.req.header('authorization'))) {
      const session = auth.session(getCookie(c, COOKIE), nowMs());
      if (session === undefined) throw new CodedError('UNAUTHORIZED');
      const changes = c.req.method !== 'GET' && c.req.method !== 'HEAD';
      if (changes && c.req.header('x-spoor-csrf') !== session.csrf) throw new CodedError('CSRF');
    }
    await next();
  };

function login(app: Hono, { auth, nowMs }: AppOptions): void {
  app.post('/api/v1/login', async (c) => {
    const { code } = await bodyOf(c);
    const { cookie, session } = auth.logIn(typeof code === 'string' ? code : '', nowMs());
    setCookie(c, COOKIE, cookie, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: 43_200 });
    return c.json({ csrf: session.csrf });
  });
  app.get('/api/v1/login', (c) => {
    const session = auth.session(getCookie(c, COOKIE), nowMs());
    if (session === undefined) throw new CodedError('UNAUTHORIZED');
    return c.json({ csrf: session.csrf });
  });
  app.post('/api/v1/login-code', (c) => {
    if (!auth.isBearer(c.req.header('authorization'))) throw new CodedError('UNAUTHORIZED');
    return c.json({ code: auth.newCode(nowMs()) });
  });
}

function sessionRoutes(app: Hono, { store, ask, ledgerPath }: AppOptions): void {
  app.get('/api/v1/sessions', (c) => {
    const limit = limitOf(c);
    const order = orderOf(c);
    const rows = store.sessions({ limit, ...cursorOf(c, order), ...order });
    const last = rows.at(-1);
    const more = rows.length === limit && last !== undefined;
    return c.json({ rows, ...(more ? { next: cursorAfter(last, order) } : {}) });
  });
  app.get('/api/v1/sessions/:id', (c) => c.json(found(sessionDetail(store, c.req.param('id')))));
  app.get('/api/v1/calls/:id', async (c) => {
    const observation = found(store.observation(c.req.param('id')));
    const entries = (await ask({
      kind: 'entries',
      indexes: store.ledgerIndexes(observation.id),
    })) as Entries;
    return c.json(callDetail(store, observation, await withContents(ledgerPath, entries)));
  });
  app.get('/api/v1/cases/:case', (c) =>
    c.json(caseView(store, caseOf(store, c.req.param('case')))),
  );
  app.post('/api/v1/cases/:case/allow', async (c) => {
    const observation = caseOf(store, c.req.param('case'));
    await ask({ kind: 'allow', observation });
    return c.json({ ...caseView(store, observation), allowedOnce: true });
  });
}

function alertRoutes(app: Hono, { store, ask, live }: AppOptions): void {
  app.get('/api/v1/alerts', (c) => {
    const open = c.req.query('status') !== 'all';
    return c.json({ rows: store.alerts({ open, limit: limitOf(c), ...orderOf(c) }) });
  });
  app.get('/api/v1/alerts/:id', (c) => c.json(found(store.alert(c.req.param('id')))));
  app.post('/api/v1/alerts/:id', async (c) => {
    const known = found(store.alert(c.req.param('id')));
    const { status, reason } = await bodyOf(c);
    const next = triaged(known, status, reason);
    store.updateAlert(next);
    await ask({ kind: 'triage', alert: next.id, status: next.status });
    live.publish({ type: 'alert', alert: next } satisfies LiveEvent);
    return c.json(next);
  });
}

const STATUSES: ReadonlySet<unknown> = new Set(['new', 'acknowledged', 'resolved', 'dismissed']);
const REASONS: ReadonlySet<unknown> = new Set(['false positive', 'accepted risk', 'test']);

function triaged(alert: Alert, status: unknown, reason: unknown): Alert {
  if (!STATUSES.has(status)) throw new CodedError('BAD_REQUEST', 'status');
  if (status === 'dismissed' && !REASONS.has(reason)) throw new CodedError('BAD_REQUEST', 'reason');
  const { dismissedReason: _, ...rest } = alert;
  return {
    ...rest,
    status: status as Alert['status'],
    ...(status === 'dismissed' ? { dismissedReason: reason as string } : {}),
  };
}

function hubRoutes(app: Hono, options: AppOptions): void {
  const { state, store, ask, nowMs } = options;
  const counting = new Counting(store);
  app.get('/api/v1/hub', (c) => c.json(hubView(options, counting)));
  app.get('/api/v1/health', (c) =>
    c.json(healthView(options.destinations(), options.state().ledger)),
  );
  app.get('/api/v1/rules', (c) => {
    const { rules, builtIn, problems } = state().rules;
    const { byRule } = counting.since(nowMs() - DAY_MS);
    const counted = (rule: RuleView): RuleView => ({
      ...rule,
      matches24h: byRule[rule.id] ?? 0,
    });
    return c.json({ rules: rules.map(counted), builtIn: builtIn.map(counted), problems });
  });
  app.post('/api/v1/enforce', async (c) => {
    const { mode, rule, server, ask: asks, shadow } = await bodyOf(c);
    if (mode !== 'observe' && mode !== 'enforce') throw new CodedError('BAD_REQUEST', 'mode');
    if (asks !== undefined && (asks !== true || rule === undefined))
      throw new CodedError('BAD_REQUEST', 'ask');
    if (shadow !== undefined && (shadow !== true || rule === undefined || asks === true))
      throw new CodedError('BAD_REQUEST', 'shadow');
    const target = {
      ...targetOf(rule, server),
      ...(asks === true ? { ask: true } : {}),
      ...(shadow === true ? { shadow: true } : {}),
    };
    return c.json(await ask({ kind: 'enforce', mode, ...target }));
  });
  app.get('/api/v1/ledger', (c) => c.json(state().ledger));
  app.post('/api/v1/stop', async (c) => c.json(await ask({ kind: 'stop' })));
}

const healthView = (
  destinations: readonly DestinationView[],
  { witness: { state, ageMs } }: HubState['ledger'],
): HealthView => ({
  ok:
    destinations.every((one) => one.state === 'idle' || one.state === 'well') &&
    state !== 'lost' &&
    state !== 'refused',
  destinations,
  witness: { state, ...(ageMs === undefined ? {} : { ageMs }) },
});

function hubView(options: AppOptions, counting: Counting): HubView {
  const { state, nowMs, startedMs, version } = options;
  const { policy, counts, rules, sealing, sensors, leaks, reports, stops } = state();
  const { calls, newestMs } = counting.since(nowMs() - DAY_MS);
  return {
    version,
    startedMs,
    policy,
    evidence: 'same-user',
    counts,
    calls24h: calls,
    rules: rules.rules.length,
    ruleProblems: rules.problems.length,
    ...(newestMs === undefined ? {} : { newestCallMs: newestMs }),
    sealing,
    sensors,
    destinations: options.destinations(),
    ingest: options.ingest(),
    leaks,
    reports,
    stops,
  };
}

function liveRoute(app: Hono, { live }: AppOptions): void {
  app.get('/api/v1/live', (c) => {
    const last = c.req.header('last-event-id');
    const stream = live.open(last === undefined ? undefined : Number(last));
    if (stream === undefined) throw new CodedError('TOO_MANY_STREAMS');
    return c.body(stream, 200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  });
}

async function page(c: Context, webPath: string): Promise<Response> {
  const path = c.req.path === '/' ? 'index.html' : c.req.path.slice(1);
  const asset = await readUnder(webPath, path);
  if (asset !== undefined)
    return c.body(new Uint8Array(asset), 200, { 'content-type': typeOf(path) });
  const index = path.includes('.') ? undefined : await readUnder(webPath, 'index.html');
  if (index === undefined) throw new CodedError('NOT_FOUND', 'no such page');
  return c.body(new Uint8Array(index), 200, { 'content-type': typeOf('index.html') });
}

function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new CodedError('NOT_FOUND');
  return value;
}

function caseOf(store: Store, text: string): Observation {
  const observation = isCaseId(text) ? store.byCase(text) : undefined;
  if (observation === undefined) throw new CodedError('CASE_UNKNOWN', isCaseId(text) ? text : '');
  return observation;
}

/**
 * One rule, one server or, with neither, everything: a slip must not switch more than was meant.
 */
function targetOf(rule: unknown, server: unknown): { rule?: string; server?: string } {
  if (rule !== undefined && server !== undefined) throw new CodedError('BAD_REQUEST', 'target');
  const name = rule === undefined ? server : rule;
  if (name === undefined) return {};
  if (typeof name !== 'string' || name === '' || name.length > LIMITS.nameCharsMax)
    throw new CodedError('BAD_REQUEST', 'target');
  return rule === undefined ? { server: name } : { rule: name };
}

function limitOf(c: Context): number {
  const asked = Number(c.req.query('limit') ?? 50);
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, LIMITS.pageRowsMax) : 50;
}

/** RFC 9457. What is not one of our errors says nothing of itself. */
function problem(c: Context, error: unknown): Response {
  const coded = error instanceof CodedError ? error : new CodedError('INTERNAL');
  const { http, message, hint } = coded.row;
  const body: Problem = {
    type: `urn:spoor:${coded.code satisfies ErrorCode}`,
    title: message,
    status: http,
    ...(coded.detail === '' ? {} : { detail: coded.detail }),
    code: coded.code,
    hint,
  };
  return c.json(body, http as 400, { 'content-type': 'application/problem+json' });
}
