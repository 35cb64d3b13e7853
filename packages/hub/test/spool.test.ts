import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWire, type Hello, type SensorRequest } from '@spoor/edge';
import { beforeEach, expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import type { Joined } from '../src/sensors.ts';
import { takeIn } from '../src/spool.ts';
import { hello, sensed } from './support/build.ts';
import { temporaryFolder } from './support/folder.ts';

let folder: string;
let handled: SensorRequest[];
let joined: Hello[];
let left: number;

beforeEach(() => {
  folder = temporaryFolder();
  handled = [];
  joined = [];
  left = 0;
});

const enter = (said: Hello): Joined => {
  joined.push(said);
  return {
    connection: {} as Joined['connection'],
    welcome: {},
    handle: async (request) => {
      handled.push(request);
      return {};
    },
    leave: () => {
      left += 1;
    },
  };
};

const take = (isAlive = (_: number): boolean => false) => takeIn(folder, enter, isAlive);

const end = (requestId: string): Uint8Array =>
  encodeWire({ op: 'end', id: 0, observation: sensed({ outcome: 'ok', requestId }), sealed: [] });

const HELLO = encodeWire(hello({ token: '' }));

const put = (name: string, ...parts: Uint8Array[]): void =>
  writeFileSync(join(folder, name), Buffer.concat(parts));

const requestIds = (): unknown[] =>
  handled.map((request) => 'observation' in request && request.observation.requestId);

verifies(
  'hub:spool',
  async () => {
    put('100-a-0.ready', HELLO, end('1'), end('2'));
    expect(await take(() => true)).toEqual({ observations: 2, unreadable: 0 });
    expect(requestIds()).toEqual(['1', '2']);
    expect(left).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  },
  { case: 'in order' },
);

test('of a sensor that lives, only what it has handed over', async () => {
  put('100-a-0.spool', HELLO, end('1'));
  expect(await take((pid) => pid === 100)).toEqual({ observations: 0, unreadable: 0 });
  expect(readdirSync(folder)).toEqual(['100-a-0.spool']);
  expect(await take()).toEqual({ observations: 1, unreadable: 0 });
});

test('files of one sensor come in the order in which it wrote them', async () => {
  for (const n of [10, 2, 1]) put(`100-a-${n}.ready`, HELLO, end(String(n)));
  await take();
  expect(requestIds()).toEqual(['1', '2', '10']);
});

test('a file that ends in the middle gives what it has, and is kept aside', async () => {
  put('100-a-0.ready', HELLO, end('1'), end('2').subarray(0, 40));
  expect(await take()).toEqual({ observations: 1, unreadable: 1 });
  expect(readdirSync(folder)).toEqual(['100-a-0.ready.unreadable']);
  expect(await take()).toEqual({ observations: 0, unreadable: 0 });
  expect(handled).toHaveLength(1);
});

test('a bad message does not cost the good ones around it', async () => {
  const noJson = Buffer.from([0, 0, 0, 6, 0, 0, 0, 2, 0x7b, 0x7b]);
  const noRequest = encodeWire({ op: 'unknown' });
  put('100-a-0.ready', HELLO, end('1'), noJson, end('2'), noRequest, end('3'));
  expect(await take()).toEqual({ observations: 3, unreadable: 2 });
  expect(requestIds()).toEqual(['1', '2', '3']);
});

test.each([
  ['junk', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a few bytes', Buffer.from([1])],
  ['observations of nobody', end('1')],
  ['a call that asks for a decision', Buffer.concat([HELLO, beginning()])],
])('%s is kept aside, unheard', async (_, bytes) => {
  put('100-a-0.ready', bytes);
  expect(await take()).toMatchObject({ observations: 0, unreadable: 1 });
  expect(handled).toEqual([]);
  expect(readdirSync(folder)).toEqual(['100-a-0.ready.unreadable']);
});

function beginning(): Uint8Array {
  return encodeWire({ op: 'begin', id: 0, observation: sensed(), sealed: [] });
}

verifies(
  'hub:spool',
  async () => {
    put('100-a-0.ready', HELLO, end('1'), end('2'));
    let calls = 0;
    const refusing = (said: Hello): Joined => ({
      ...enter(said),
      handle: async () => {
        calls += 1;
        if (calls === 1) throw new Error('refused');
        return {};
      },
    });
    const result = await takeIn(folder, refusing, () => false);
    expect(result).toEqual({ observations: 1, unreadable: 1 });
  },
  { case: 'what is refused is counted' },
);

test('does not speak for the server’s process, which its sensor may still serve', async () => {
  put('100-a-0.ready', HELLO, end('1'));
  await take();
  expect(joined[0]?.server).toEqual({ name: 'crm', transport: 'stdio' });
});

test('a folder in a file’s place, other files and no folder at all harm nothing', async () => {
  mkdirSync(join(folder, '100-a-0.ready'));
  put('notes.txt', Buffer.from('mine'));
  expect(await take()).toEqual({ observations: 0, unreadable: 1 });
  expect(existsSync(join(folder, 'notes.txt'))).toBe(true);
  expect(await takeIn(join(folder, 'none'), enter, () => false)).toEqual({
    observations: 0,
    unreadable: 0,
  });
});
