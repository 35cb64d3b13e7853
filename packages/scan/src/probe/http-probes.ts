import { LIMITS } from '@spoor/core';
import type { Era, HttpProbe, HttpProbeName } from '../evidence.ts';
import { LEGACY, MODERN, modernMeta } from './conversation.ts';
import type { Exchanged, HttpTarget } from './http.ts';

const FOREIGN = 'evil.example';
const LARGE_BYTES = 24 * 1_048_576;
const PROBE_MS = 8_000;
const EVIDENCE_CHARS = 200;

interface Shot {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly method?: string;
}

/** Requests that a careful server refuses, each on its own. */
export async function probeHttp(
  target: HttpTarget,
  era: Era,
  own: Readonly<Record<string, string>>,
  isLoopback: boolean,
): Promise<readonly HttpProbe[]> {
  const fire = (shot: Shot): Promise<Exchanged> => shoot(target, era, own, shot);
  const baseline = await fire({});
  const probe = async (name: HttpProbeName, shot: Shot): Promise<HttpProbe> => {
    if (!isAccepted(baseline))
      return { name, outcome: { status: 'not-tested', why: 'a plain request is refused, too' } };
    return { name, outcome: outcomeOf(await fire(shot)) };
  };
  const skip = (name: HttpProbeName, why: string): HttpProbe => ({
    name,
    outcome: { status: 'not-tested', why },
  });
  const withoutOwn = Object.fromEntries(Object.keys(own).map((name) => [name, undefined]));
  return [
    await probe('origin', { headers: { origin: `https://${FOREIGN}` } }),
    isLoopback
      ? await probe('host', { headers: { host: FOREIGN } })
      : skip('host', 'a name that leads to a public address may be any'),
    era === 'modern'
      ? await probe('mismatch', { headers: { 'mcp-method': 'tools/list' } })
      : skip('mismatch', 'the server speaks no revision that has such headers'),
    await probe('anonymous', { headers: withoutOwn }),
    { name: 'preflight', outcome: preflight(await fire(PREFLIGHT)) },
    await probe('large', { body: padded(era) }),
  ];
}

const PREFLIGHT: Shot = {
  method: 'OPTIONS',
  headers: { origin: `https://${FOREIGN}`, 'access-control-request-method': 'POST' },
};

const firstMessage = (era: Era, extra: object): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    ...(era === 'modern'
      ? { method: 'server/discover', params: { _meta: modernMeta(), ...extra } }
      : {
          method: 'initialize',
          params: {
            protocolVersion: LEGACY,
            capabilities: {},
            clientInfo: { name: 'spoor-scan', version: '0.1.0' },
            ...extra,
          },
        }),
  });

const padded = (era: Era): string => firstMessage(era, { padding: 'A'.repeat(LARGE_BYTES) });

function shoot(
  target: HttpTarget,
  era: Era,
  own: Readonly<Record<string, string>>,
  shot: Shot,
): Promise<Exchanged> {
  const { pathname, search } = target.url;
  const modern = era === 'modern';
  const method = shot.method ?? 'POST';
  return target.exchange({
    method,
    path: pathname + search,
    headers: {
      accept: 'application/json, text/event-stream',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      ...(modern ? { 'mcp-protocol-version': MODERN, 'mcp-method': 'server/discover' } : {}),
      ...own,
      ...shot.headers,
    },
    ...(method === 'POST' ? { body: shot.body ?? firstMessage(era, {}) } : {}),
    timeoutMs: Math.min(PROBE_MS, LIMITS.scanAnswerMs),
    onEvent: () => true,
  });
}

/** A result, however it comes: an error message is a refusal. */
const isAccepted = (end: Exchanged): boolean =>
  end.status === 'answered' && end.http.code < 300 && /"result"\s*:/.test(end.body);

function outcomeOf(end: Exchanged): HttpProbe['outcome'] {
  if (end.status === 'timeout') return { status: 'not-tested', why: 'no answer came in time' };
  if (end.status === 'failed') return { status: 'refused', evidence: `the connection: ${end.why}` };
  const evidence = `${end.http.code} ${end.body.slice(0, EVIDENCE_CHARS)}`;
  return { status: isAccepted(end) ? 'accepted' : 'refused', evidence };
}

/** Does it let pages of any origin read its answers? */
function preflight(end: Exchanged): HttpProbe['outcome'] {
  if (end.status !== 'answered') return { status: 'not-tested', why: 'no answer came' };
  const allowed = end.http.headers['access-control-allow-origin'] ?? '';
  const evidence = `access-control-allow-origin: ${allowed === '' ? '(none)' : allowed}`;
  const isOpen = allowed === '*' || allowed.includes(FOREIGN);
  return { status: isOpen ? 'accepted' : 'refused', evidence };
}
