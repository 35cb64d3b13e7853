import { setTimeout as delay } from 'node:timers/promises';
import {
  CLIENT_CAPABILITIES_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bridge, startBridge } from './bridge.ts';

const ECHO = [process.execPath, new URL('fixture/echo.ts', import.meta.url).pathname];
const MODERN = '2026-07-28';

let bridge: Bridge;
beforeEach(async () => {
  bridge = await startBridge(ECHO);
});
afterEach(() => bridge.close());

const post = (body: object, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(bridge.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });

const modern = (id: unknown, method: string, signal?: AbortSignal) => {
  const _meta = { [PROTOCOL_VERSION_META_KEY]: MODERN, [CLIENT_CAPABILITIES_META_KEY]: {} };
  const headers = { 'mcp-protocol-version': MODERN, 'mcp-method': method };
  return post({ jsonrpc: '2.0', id, method, params: { _meta } }, headers, signal);
};

const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} };

const openSession = async (): Promise<string> => {
  const response = await post(initialize);
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
};

describe('modern', () => {
  test('clients that choose the same id each get their own answer', async () => {
    const responses = await Promise.all(['a', 'b', 'c'].map((x) => modern(7, `test/${x}`)));
    for (const response of responses) {
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ id: 7, result: {} });
    }
  });

  test('a client that goes away cancels its request', async () => {
    const gone = new AbortController();
    const waiting = modern('w', 'test/wait', gone.signal).catch(() => 'gone');
    await modern(1, 'test/ready');
    gone.abort();
    expect(await waiting).toBe('gone');
    await expect
      .poll(async () => JSON.stringify(await (await modern(2, 'test/look')).json()))
      .toContain('notifications/cancelled');
  });

  test('headers that disagree with the body are refused', async () => {
    const response = await post(
      {
        jsonrpc: '2.0',
        id: 3,
        method: 'test/a',
        params: {
          _meta: { [PROTOCOL_VERSION_META_KEY]: MODERN, [CLIENT_CAPABILITIES_META_KEY]: {} },
        },
      },
      { 'mcp-protocol-version': MODERN, 'mcp-method': 'test/b' },
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ id: 3, error: { code: -32_020 } });
  });
});

describe('legacy', () => {
  test('each session has a server of its own, byte for byte', async () => {
    const [first, second] = [await openSession(), await openSession()];
    const body = { jsonrpc: '2.0', id: 'x', method: 'test/a' };
    const response = await post(body, { 'mcp-session-id': second });
    const lines = [JSON.stringify(initialize), JSON.stringify(body)];
    expect(await response.json()).toEqual({ jsonrpc: '2.0', id: 'x', result: { lines } });
    expect(first).not.toBe(second);
  });

  test('an ended session is gone, and a request without one is refused', async () => {
    const session = { 'mcp-session-id': await openSession() };
    const body = { jsonrpc: '2.0', id: 2, method: 'test/a' };
    expect((await fetch(bridge.url, { method: 'DELETE', headers: session })).status).toBe(200);
    expect((await post(body, session)).status).toBe(404);
    expect((await post(body)).status).toBe(400);
  });

  test('a server that dies leaves nobody waiting', async () => {
    const dead = await startBridge([process.execPath, '-e', '0']);
    try {
      const open = () => fetch(dead.url, { method: 'POST', body: JSON.stringify(initialize) });
      expect(await (await open()).text()).toBe('');
      await delay(200);
      expect(await (await open()).text()).toBe('');
    } finally {
      await dead.close();
    }
  });
});
