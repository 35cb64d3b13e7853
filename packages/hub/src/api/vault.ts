import { CodedError, LIMITS, reasonInLedger } from '@spoor/core';
import type { Context, Hono } from 'hono';
import type { Asked, TargetAsked, VaultDesk } from '../vault/desk.ts';
import { bodyOf } from './body.ts';

interface VaultRoutes {
  readonly vault: VaultDesk;
  /** Does the request come with the token, and not with a browser's cookie? */
  readonly isCommand: (c: Context) => boolean;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HOLD = /^[0-9a-f]{12}$/;
const WHO = /^[A-Za-z0-9_.:/@-]{1,128}$/;
const KEY = /^age1[a-z0-9]{1,124}$/;

/** What is kept, held, opened and shredded. All but looking takes the token. */
export function vaultRoutes(app: Hono, { vault, isCommand }: VaultRoutes): void {
  const command = (path: string, run: (c: Context, body: Body) => Promise<object>): void => {
    app.post(path, async (c) => {
      if (!isCommand(c)) throw new CodedError('UNAUTHORIZED');
      return c.json(await run(c, await bodyOf(c)));
    });
  };
  app.get('/api/v1/vault', async (c) => c.json(await vault.status()));
  command('/api/v1/vault/shred', (_, body) => {
    const really = body.really === true;
    return vault.shred(targetOf(body.target), really ? askedBy(body) : NOBODY, really);
  });
  command('/api/v1/ledger/prune', (_, body) => {
    const really = body.really === true;
    if (!isTime(body.beforeMs)) throw new CodedError('BAD_REQUEST', 'beforeMs');
    return vault.prune(body.beforeMs, really ? askedBy(body) : NOBODY, really);
  });
  command('/api/v1/vault/holds', (_, body) => vault.hold(targetOf(body.target), askedBy(body)));
  command('/api/v1/vault/holds/:id/release', (c, body) => {
    const id = c.req.param('id') ?? '';
    if (!HOLD.test(id)) throw new CodedError('VAULT_HOLD_UNKNOWN');
    return vault.release(id, askedBy(body));
  });
  command('/api/v1/vault/opened', async (_, body) => {
    const { call, key, entries } = body;
    if (!isId(call)) throw new CodedError('BAD_REQUEST', 'call');
    if (typeof key !== 'string' || !KEY.test(key)) throw new CodedError('BAD_REQUEST', 'key');
    if (!isIndexes(entries)) throw new CodedError('BAD_REQUEST', 'entries');
    return { index: await vault.opened(call, entries, askedBy(body), key) };
  });
}

type Body = Readonly<Record<string, unknown>>;

const NOBODY: Asked = { by: '', reason: '' };

function askedBy({ by, reason }: Body): Asked {
  const words = typeof reason === 'string' ? reasonInLedger(reason) : undefined;
  if (words === undefined) throw new CodedError('VAULT_REASON');
  if (typeof by !== 'string' || !WHO.test(by)) throw new CodedError('BAD_REQUEST', 'by');
  return { by, reason: words };
}

function targetOf(value: unknown): TargetAsked {
  const { kind, call, session, person, fromMs, toMs } = (value ?? {}) as Body;
  if (kind === 'call' && isId(call)) return { kind, call };
  if (kind === 'session' && isId(session)) return { kind, session };
  if (kind === 'person' && typeof person === 'string' && person.length <= LIMITS.nameCharsMax)
    return { kind, person };
  if (kind === 'period' && isTime(fromMs) && isTime(toMs) && fromMs < toMs)
    return { kind, fromMs, toMs };
  throw new CodedError('VAULT_TARGET');
}

const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value);
const isTime = (value: unknown): value is number => Number.isSafeInteger(value);
const isIndexes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= LIMITS.shredIdsPerEntryMax && value.every(isTime);
