import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '@spoor/core';
import { encodeWire, type Hello, type Push, type SensorRequest } from '@spoor/edge';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { type Joined, SensorServer } from '../src/sensors.ts';
import { hello, sensed } from './support/build.ts';
import { temporaryFolder } from './support/folder.ts';
import { connectSensor, type TestSensor } from './support/sensor.ts';

let path: string;
let server: SensorServer;
let handle: Joined['handle'];
let left: number;
const joinedBy: Hello[] = [];

beforeEach(async () => {
  path = join(temporaryFolder(), 'hub.sock');
  handle = ({ op }) => ({ did: op });
  left = 0;
  joinedBy.length = 0;
  server = new SensorServer({
    token: 'secret',
    join: (said) => {
      joinedBy.push(said);
      return {
        connection: {} as Joined['connection'],
        welcome: { session: 'one' },
        handle: (...given) => handle(...given),
        leave: () => {
          left += 1;
        },
      };
    },
  });
  await server.listen(path);
  return () => server.close();
});

const relabelled = (tool: string): Push => ({ kind: 'tool', tool, labels: [], hold: false });

const errorOf = async (sensor: TestSensor): Promise<unknown> =>
  ((await sensor.next()).error as { readonly code: string }).code;

async function joined(): Promise<TestSensor> {
  const sensor = await connectSensor(path);
  sensor.send(hello());
  expect(await sensor.next()).toEqual({ id: 1, ok: { session: 'one' } });
  return sensor;
}

const begin = (id: number): SensorRequest => ({
  op: 'begin',
  id,
  observation: sensed(),
  sealed: [],
});

describe('a sensor that joins', () => {
  test('is welcomed, answered by id, and missed when it leaves', async () => {
    expect(statSync(path).mode & 0o077).toBe(0);
    const sensor = await joined();
    expect(server.count).toBe(1);
    sensor.send(begin(7));
    expect(await sensor.next()).toEqual({ id: 7, ok: { did: 'begin' } });
    sensor.socket.end();
    await vi.waitFor(() => expect(left).toBe(1), 30_000);
    expect(server.count).toBe(0);
  });

  test('hears a refusal by code, and a fault as no more than a fault', async () => {
    const sensor = await joined();
    handle = async () => {
      throw new CodedError('DURABILITY_LOST', 'disk');
    };
    sensor.send(begin(2));
    expect(await sensor.next()).toEqual({
      id: 2,
      error: { code: 'DURABILITY_LOST', detail: 'disk' },
    });
    handle = () => {
      throw new Error('a path of this machine');
    };
    sensor.send(begin(3));
    expect(await sensor.next()).toEqual({
      id: 3,
      error: { code: 'WIRE_INVALID', detail: 'fault' },
    });
    expect(server.counts.sensorFaults).toBe(1);
  });

  test('gets its sealed content cut as announced, or refused', async () => {
    const seen: number[][] = [];
    handle = (_, sealed) => {
      seen.push(sealed.map(({ record }) => record.length));
      return {};
    };
    const meta = {
      part: 'request',
      bytes: 1,
      cipher: 'ab'.repeat(16),
      commit: 'ab'.repeat(16),
      mac: 'ab'.repeat(16),
      kek: 'k',
    };
    const pieces = [3, 2].map((length) => ({ meta, length }));
    const sensor = await joined();
    sensor.send({ ...begin(2), sealed: pieces }, new Uint8Array(5));
    expect(await sensor.next()).toMatchObject({ ok: {} });
    expect(seen).toEqual([[3, 2]]);
    sensor.send({ ...begin(3), sealed: pieces }, new Uint8Array(6));
    expect(await errorOf(sensor)).toBe('WIRE_INVALID');
    expect(seen).toHaveLength(1);
  });

  test('cannot say hello twice, and stays who it was', async () => {
    const sensor = await joined();
    sensor.send(hello({ id: 2 }));
    expect(await errorOf(sensor)).toBe('WIRE_INVALID');
    expect(joinedBy).toHaveLength(1);
    sensor.send(begin(3));
    expect(await sensor.next()).toMatchObject({ id: 3, ok: {} });
  });
});

test('quiet requests get one acknowledgement for all, up to the newest', async () => {
  const sensor = await joined();
  const seen: number[] = [];
  handle = (request) => {
    seen.push(request.id);
    return {};
  };
  for (let id = 2; id < 7; id++) sensor.send({ ...begin(id), quiet: true } as SensorRequest);
  expect(await sensor.next()).toEqual({ acked: 6 });
  expect(seen).toEqual([2, 3, 4, 5, 6]);
});

describe('what the hub sends', () => {
  test('reaches sensors that have joined, and nobody else', async () => {
    const sensor = await joined();
    const stranger = await connectSensor(path);
    const heard = vi.fn();
    stranger.socket.on('data', heard);
    server.push(relabelled('test'));
    expect(await sensor.next()).toEqual({ push: relabelled('test') });
    expect(heard).not.toHaveBeenCalled();
  });

  test('is not kept for a sensor that does not read, answers or pushes', async () => {
    const wide = 'x'.repeat(1_000_000);
    const deaf = await joined();
    deaf.socket.pause();
    for (let n = 0; n < 12; n++) server.push(relabelled(wide));
    await vi.waitFor(() => expect(server.count).toBe(0), 30_000);
    handle = () => ({ wide });
    const asking = await joined();
    asking.socket.pause();
    for (let n = 2; n < 16; n++) asking.send(begin(n));
    await vi.waitFor(() => expect(server.count).toBe(0), 30_000);
    expect(server.counts.sensorsCutOff).toBe(2);
  });
});

describe('a stranger', () => {
  for (const token of ['', 'secre', 'secret2', 'SECRET']) {
    verifies(
      'api:token',
      async () => {
        const sensor = await connectSensor(path);
        sensor.send(hello({ token }));
        expect(await errorOf(sensor)).toBe('HUB_TOKEN');
        await sensor.closed;
        expect(joinedBy).toEqual([]);
        expect(server.counts.sensorsRefused).toBe(1);
      },
      { case: `socket, token '${token}'` },
    );
  }

  test('of another protocol is refused', async () => {
    const sensor = await connectSensor(path);
    sensor.send(hello({ protocol: 99 }));
    expect(await errorOf(sensor)).toBe('HUB_PROTOCOL');
    await sensor.closed;
  });

  test.each([begin(4), { op: 'lost', id: 4, count: 1 }])('without hello: $op', async (request) => {
    const sensor = await connectSensor(path);
    sensor.send(request);
    expect(await sensor.next()).toMatchObject({ id: 4, error: { code: 'WIRE_INVALID' } });
    await sensor.closed;
  });

  test.each([null, 'hello', [], { op: 'unknown', id: 1 }, { ...hello(), host: 1 }])(
    'that says %j is refused',
    async (json) => {
      const sensor = await connectSensor(path);
      sensor.send(json);
      expect(await errorOf(sensor)).toBe('WIRE_INVALID');
      await sensor.closed;
      expect(joinedBy).toEqual([]);
    },
  );

  const FRAMES = {
    'a length without room': Buffer.from([0, 0, 0, 0, 0, 0, 0, 0]),
    'a length of gigabytes': Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1]),
    'JSON longer than its message': Buffer.from([0, 0, 0, 6, 0, 0, 0, 9, 0x7b, 0x7d]),
    'no JSON': Buffer.from([0, 0, 0, 6, 0, 0, 0, 2, 0x7b, 0x7b]),
    HTTP: Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  };

  test.each(Object.entries(FRAMES))('that sends %s is cut off', async (_, bytes) => {
    const sensor = await connectSensor(path);
    sensor.socket.write(bytes);
    await sensor.closed;
    const other = await joined();
    expect(other.socket.destroyed).toBe(false);
  });

  test('cannot make the hub keep megabytes', async () => {
    const sensor = await connectSensor(path);
    const head = Buffer.from([3, 0, 0, 0, 0, 0, 0, 1]);
    sensor.socket.write(Buffer.concat([head, Buffer.alloc(1_000_000)]));
    await sensor.closed;
    expect(server.counts.sensorsCutOff).toBe(1);
  });
});

test('a hub that stops answers what it is deciding first', async () => {
  const decided = Promise.withResolvers<object>();
  const deciding = Promise.withResolvers<void>();
  handle = () => {
    deciding.resolve();
    return decided.promise;
  };
  const sensor = await joined();
  sensor.send(begin(2));
  await deciding.promise;
  server.push({ kind: 'drain' });
  const closed = server.close();
  decided.resolve({ did: 'decide' });
  expect(await sensor.next()).toEqual({ push: { kind: 'drain' } });
  expect(await sensor.next()).toEqual({ id: 2, ok: { did: 'decide' } });
  await closed;
  await sensor.closed;
});

test('messages may come in any pieces', async () => {
  const sensor = await connectSensor(path);
  for (const byte of encodeWire(hello())) sensor.socket.write(Buffer.from([byte]));
  expect(await sensor.next()).toMatchObject({ ok: {} });
});
