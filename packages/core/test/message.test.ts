import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../src/frame.ts';
import {
  eraOf,
  idKey,
  isBlank,
  metaOf,
  PROTOCOL_VERSION_META_KEY,
  parseMessage,
} from '../src/message.ts';

const line = (text: string): Frame => ({ bytes: new TextEncoder().encode(text), kind: 'line' });
const parse = (value: unknown): unknown => parseMessage(line(`${JSON.stringify(value)}\n`));
const rpc = (members: object): unknown => parse({ jsonrpc: '2.0', ...members });
const NOT_RPC = { kind: 'invalid', reason: 'not-json-rpc' };

describe('parseMessage', () => {
  it('reads requests with string and integer ids', () => {
    const params = { name: 'add', arguments: { a: 1 } };
    expect(rpc({ id: 7, method: 'tools/call', params })).toEqual({
      kind: 'request',
      id: 7,
      method: 'tools/call',
      params,
    });
    expect(rpc({ id: '', method: 'ping' })).toEqual({
      kind: 'request',
      id: '',
      method: 'ping',
      params: {},
    });
    expect(rpc({ id: -1, method: 'ping', params: [1] })).toMatchObject({ id: -1, params: {} });
  });

  it('reads notifications', () => {
    expect(rpc({ method: 'notifications/cancelled', params: { requestId: 7 } })).toEqual({
      kind: 'notification',
      method: 'notifications/cancelled',
      params: { requestId: 7 },
    });
  });

  it('reads results and errors', () => {
    expect(rpc({ id: 1, result: null })).toEqual({ kind: 'response', id: 1, result: null });
    expect(rpc({ id: 1, result: {}, error: null })).toMatchObject({ result: {} });
    expect(rpc({ id: null, error: { code: -32700, message: 'no', data: [] } })).toEqual({
      kind: 'response',
      id: null,
      error: { code: -32700, message: 'no', data: [] },
    });
  });

  it('reads batches, so that no call hides in one', () => {
    const one = { jsonrpc: '2.0', id: 1, method: 'ping' };
    expect(parse([one, { jsonrpc: '2.0', id: 2, result: {} }])).toMatchObject({
      kind: 'batch',
      messages: [{ kind: 'request' }, { kind: 'response' }],
    });
    for (const batch of [[], [[one]], [one, null], [one, {}]])
      expect(parse(batch)).toEqual(NOT_RPC);
  });

  it('reads a last line without its newline', () => {
    const bytes = new TextEncoder().encode('{"jsonrpc":"2.0","method":"x"}');
    expect(parseMessage({ bytes, kind: 'tail' })).toMatchObject({ kind: 'notification' });
  });

  it('gives requests back as they were written', () => {
    const id = fc.oneof(fc.string(), fc.maxSafeInteger());
    const params = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.jsonValue());
    fc.assert(
      fc.property(id, fc.string(), params, (anId, method, someParams) => {
        const clean = JSON.parse(JSON.stringify(someParams)) as object;
        expect(rpc({ id: anId, method, params: clean })).toEqual({
          kind: 'request',
          id: Object.is(anId, -0) ? 0 : anId,
          method,
          params: clean,
        });
      }),
    );
  });
});

describe('parseMessage, on what is no message', () => {
  it('says so', () => {
    for (const members of [
      {},
      { id: 1 },
      { id: null, method: 'ping' },
      { id: {}, method: 'ping' },
      { id: true, result: {} },
      { result: {} },
      { id: 1, method: 7 },
      { id: 1, method: null, result: {} },
      { id: 1, error: { message: 'no code' } },
      { id: 1, error: 'text' },
      { jsonrpc: 2, id: 1, method: 'ping' },
      { jsonrpc: '1.0', id: 1, method: 'ping' },
    ]) {
      expect(rpc(members), JSON.stringify(members)).toEqual(NOT_RPC);
    }
    for (const junk of [null, 1, 'text', true]) expect(parse(junk)).toEqual(NOT_RPC);
  });

  it('takes no id that the next reader may take for another', () => {
    for (const id of ['9007199254740993', '1e999', '1.5', '-9007199254740992']) {
      const text = `{"jsonrpc":"2.0","id":${id},"method":"tools/call"}`;
      expect(parseMessage(line(text)), id).toEqual(NOT_RPC);
    }
  });

  it('takes no member that a reader without regard for case confuses with ours', () => {
    for (const members of [
      { id: 1, method: 'ping', Method: 'tools/call' },
      { id: 1, method: 'tools/call', PARAMS: { name: 'rm' } },
      { id: 1, method: 'tools/call', 'param\u017f': { name: 'rm' } },
      { id: 1, method: 'tools/call', params: { name: 'ls', Name: 'rm' } },
      { id: 1, method: 'tools/call', params: { name: 'ls', Arguments: {} } },
      { id: 1, result: {}, Result: {} },
    ]) {
      expect(rpc(members), JSON.stringify(members)).toEqual(NOT_RPC);
    }
    const params = { name: 'ls', arguments: { name: 1, Name: 2, ID: 3 } };
    expect(rpc({ id: 1, method: 'tools/call', params })).toMatchObject({ kind: 'request' });
  });

  it('names the reason why a frame cannot be read', () => {
    const bytes = Uint8Array.of(0x22, 0xff, 0x22);
    const reason = (frame: Frame): unknown => parseMessage(frame);
    expect(reason({ bytes, kind: 'line' })).toMatchObject({ reason: 'invalid-utf8' });
    expect(reason({ bytes, kind: 'part' })).toMatchObject({ reason: 'too-large' });
    expect(reason(line('{'))).toMatchObject({ reason: 'invalid-json' });
    expect(reason(line('{"id":1,"\\u0069d":2}'))).toMatchObject({ reason: 'duplicate-key' });
    expect(reason(line('['.repeat(100)))).toMatchObject({ reason: 'too-deep' });
  });

  it('never throws, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parse(value)).toHaveProperty('kind');
      }),
    );
  });
});

describe('small readers', () => {
  it('tell blank lines from messages', () => {
    for (const text of ['\n', ' \t\r\n', '']) expect(isBlank(line(text))).toBe(true);
    expect(isBlank(line(' {}\n'))).toBe(false);
    expect(isBlank(line('\u00a0\n'))).toBe(false);
  });

  it('tell the string "1" from the number 1', () => {
    expect(idKey('1')).not.toBe(idKey(1));
    expect(idKey('n1')).not.toBe(idKey(1));
    expect(idKey('s1')).not.toBe(idKey('1'));
  });

  it('find _meta where there is one', () => {
    expect(metaOf({ _meta: { a: 1 } })).toEqual({ a: 1 });
    for (const container of [undefined, null, 'x', [], {}, { _meta: null }, { _meta: [] }]) {
      expect(metaOf(container)).toEqual({});
    }
  });

  it('know the era by what the request says of itself', () => {
    const era = (method: string, version?: unknown): string =>
      eraOf({
        kind: 'notification',
        method,
        params: { _meta: { [PROTOCOL_VERSION_META_KEY]: version } },
      });
    expect(era('tools/call', '2026-07-28')).toBe('modern');
    expect(era('tools/call', '2025-11-25')).toBe('legacy');
    expect(era('tools/call', 20260728)).toBe('unknown');
    expect(era('initialize')).toBe('legacy');
    expect(era('tools/call')).toBe('unknown');
  });
});
