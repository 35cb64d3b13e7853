import { LIMITS, type LiveEvent } from '@spoor/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LiveStream } from '../../src/api/live.ts';
import { testApp } from '../support/app.ts';
import { START_MS } from '../support/build.ts';

const checkpoint = (size: number): LiveEvent => ({ type: 'checkpoint', size });
const wide: LiveEvent = {
  type: 'policy',
  policy: { mode: 'observe', rules: { ['x'.repeat(900_000)]: 'observe' }, servers: {} },
};

const opened = (live: LiveStream, lastId?: number): ReadableStreamDefaultReader<Uint8Array> => {
  const stream = live.open(lastId);
  if (stream === undefined) throw new Error('no stream');
  return stream.getReader();
};

/** Reads what waits. */
async function read(reader: ReadableStreamDefaultReader<Uint8Array>, count: number) {
  let text = '';
  for (let n = 0; n < count; n++) text += new TextDecoder().decode((await reader.read()).value);
  return text;
}

const idsIn = (text: string): number[] =>
  [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id) - START_MS);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a live stream', () => {
  test('sends what is published as events that their type names', async () => {
    const live = new LiveStream(START_MS);
    const reader = opened(live);
    live.publish(checkpoint(7));
    const text = await read(reader, 2);
    expect(text).toContain(
      `id: ${START_MS + 1}\nevent: checkpoint\ndata: {"type":"checkpoint","size":7}\n\n`,
    );
  });

  test('resumes after the last event that was seen', async () => {
    const live = new LiveStream(START_MS);
    for (let size = 1; size <= 5; size++) live.publish(checkpoint(size));
    expect(idsIn(await read(opened(live, START_MS + 3), 3))).toEqual([4, 5]);
    expect(idsIn(await read(opened(live), 1))).toEqual([]);
    expect(idsIn(await read(opened(live, Number.NaN), 1))).toEqual([]);
  });

  test('after a restart of the hub, an older id resumes with everything newer', async () => {
    const before = new LiveStream(START_MS);
    before.publish(checkpoint(1));
    const after = new LiveStream(START_MS + 60_000);
    after.publish(checkpoint(2));
    expect(await read(opened(after, START_MS + 1), 2)).toContain('"size":2');
  });

  test('beats while nothing happens', async () => {
    const reader = opened(new LiveStream(START_MS));
    await read(reader, 1);
    vi.advanceTimersByTime(15_000);
    expect(await read(reader, 1)).toBe(': beat\n\n');
  });

  test('ends with its reader', async () => {
    const live = new LiveStream(START_MS);
    const reader = opened(live);
    expect(live.listeners).toBe(1);
    await reader.cancel();
    expect(live.listeners).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    live.publish(checkpoint(1));
  });

  test('lets go of a reader that does not read, and what waited for it', async () => {
    const live = new LiveStream(START_MS);
    const slow = opened(live);
    const quick = opened(live);
    for (let n = 0; n < 8; n++) {
      live.publish(wide);
      await quick.read();
    }
    expect(live.listeners).toBe(1);
    await expect(slow.read()).rejects.toThrow('too slow');
    live.publish(checkpoint(1));
  });

  test('remembers so little that resuming cuts nobody off', async () => {
    const live = new LiveStream(START_MS);
    for (let n = 0; n < 50; n++) live.publish(wide);
    const reader = opened(live, START_MS);
    expect(live.listeners).toBe(1);
    live.publish(checkpoint(1));
    expect(idsIn(await read(reader, 3))).toEqual([50, 51]);
  });

  test('is refused where too many are open, until one ends', async () => {
    const live = new LiveStream(START_MS);
    const readers = Array.from({ length: LIMITS.liveStreamsMax }, () => opened(live));
    expect(live.open(undefined)).toBeUndefined();
    await readers[0]?.cancel();
    expect(live.open(undefined)).toBeDefined();
  });
});

describe('events that nobody looks at', () => {
  test('writes what nobody looked at when somebody resumes, in order', async () => {
    const live = new LiveStream(START_MS);
    const made: number[] = [];
    const make = (size: number) => (): LiveEvent => {
      made.push(size);
      return checkpoint(size);
    };
    live.publish(checkpoint(1));
    live.publishLazily(100, make(2));
    live.publishLazily(100, make(3));
    expect(made).toEqual([]);
    const reader = opened(live, START_MS + 1);
    expect(idsIn(await read(reader, 3))).toEqual([2, 3]);
    live.publishLazily(100, make(4));
    live.publishLazily(undefined, make(5));
    expect(idsIn(await read(reader, 2))).toEqual([4, 5]);
    expect(made).toEqual([2, 3, 4, 5]);
  });

  test('keeps no more that is unwritten than that is written', async () => {
    const live = new LiveStream(START_MS);
    for (let n = 1; n <= 50; n++) live.publishLazily(500_000, () => checkpoint(n));
    expect(idsIn(await read(opened(live, START_MS), 3))).toEqual([49, 50]);
  });
});

test('the API resumes by Last-Event-ID, and says when too many look on', async () => {
  vi.useRealTimers();
  const { call, live } = testApp();
  live.publish(checkpoint(1));
  live.publish(checkpoint(2));
  const headers = { 'last-event-id': String(START_MS + 1) };
  const response = await call('/api/v1/live', { headers });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error('no body');
  expect(idsIn(await read(reader, 2))).toEqual([2]);
  const rest = Array.from({ length: LIMITS.liveStreamsMax - 1 }, () => opened(live));
  const refused = await call('/api/v1/live');
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ code: 'TOO_MANY_STREAMS' });
  for (const one of [...rest, reader]) await one.cancel();
});
