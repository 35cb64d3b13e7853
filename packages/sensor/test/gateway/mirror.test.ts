import type { IncomingHttpHeaders } from 'node:http';
import type { Message, Notification, Request } from '@spoor/core';
import { parseMessage } from '@spoor/core';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { isMirrored } from '../../src/gateway/mirror.ts';
import { call, MODERN, modernCall } from './support.ts';

const read = (text: string): Request | Notification => {
  const message = parseMessage({ bytes: Buffer.from(text), kind: 'line' }) as Message;
  if (message.kind !== 'request' && message.kind !== 'notification') throw new Error(message.kind);
  return message;
};

const encoded = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;
const headers = (method: string, name?: string, version = MODERN): IncomingHttpHeaders => ({
  'mcp-protocol-version': version,
  'mcp-method': method,
  ...(name === undefined ? {} : { 'mcp-name': name }),
});

verifies(
  'gateway:mirror',
  () => {
    const message = read(modernCall(1, 'send'));
    const refused: IncomingHttpHeaders[] = [
      headers('tools/list', 'send'),
      headers('Tools/Call', 'send'),
      headers('tools/call', 'Send'),
      headers('tools/call', 'read'),
      headers('tools/call', 'send, read'),
      headers('tools/call', encoded('read')),
      headers('tools/call', '=?base64?c2Vu?ZA==?='),
      headers('tools/call', '=?base64?####?='),
      headers('tools/call', '=?base64?/w==?='),
      headers('tools/call', 'send', '2025-11-25'),
      headers('tools/call', 'send', '2026-07-29'),
    ];
    for (const one of refused) expect(isMirrored(message, one), JSON.stringify(one)).toBe(false);
  },
  { case: 'every way to tell two stories' },
);

test('headers that mirror the body, or say nothing, go on', () => {
  const message = read(modernCall(1, 'send'));
  const fine: IncomingHttpHeaders[] = [
    headers('tools/call', 'send'),
    headers('tools/call', ' send\t'),
    headers('tools/call', encoded('send')),
    headers('tools/call'),
    {},
  ];
  for (const one of fine) expect(isMirrored(message, one), JSON.stringify(one)).toBe(true);
  const umlaut = read(modernCall(1, 'größe'));
  expect(isMirrored(umlaut, headers('tools/call', encoded('größe')))).toBe(true);
  expect(isMirrored(umlaut, headers('tools/call', 'größe'.normalize('NFD')))).toBe(false);
});

test('a legacy message may have any such header, but no modern version beside its handshake', () => {
  expect(isMirrored(read(call(1)), headers('x', 'y', '2025-11-25'))).toBe(true);
  const initialize = read('{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}');
  expect(isMirrored(initialize, headers('initialize'))).toBe(false);
  expect(isMirrored(initialize, {})).toBe(true);
});

test('a modern header without a modern body still has to name the right tool', () => {
  expect(isMirrored(read(call(1, 'send')), headers('tools/call', 'read'))).toBe(false);
  expect(isMirrored(read(call(1, 'send')), headers('tools/call', 'send'))).toBe(true);
});
