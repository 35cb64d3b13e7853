import type { Alert, LiveEvent, Page, SessionDetail } from '@spoor/core';
import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveFeed } from '../../src/api/live.ts';
import { KEYS } from '../../src/api/queries.ts';
import { alert, detail, observation, SESSION } from '../fixtures.ts';

class FakeSource {
  static readonly CLOSED = 2;
  static made: FakeSource[] = [];
  readyState = 1;
  onopen: () => void = () => {};
  onerror: () => void = () => {};
  readonly #heard = new Map<string, (message: { data: string }) => void>();

  constructor() {
    FakeSource.made.push(this);
  }

  close(): void {
    this.readyState = FakeSource.CLOSED;
  }

  addEventListener(type: string, listener: (message: { data: string }) => void): void {
    this.#heard.set(type, listener);
  }

  say(event: LiveEvent): void {
    this.#heard.get(event.type)?.({ data: JSON.stringify(event) });
  }
}

function start() {
  const client = new QueryClient();
  const heard = { state: vi.fn(), alert: vi.fn(), missed: vi.fn() };
  const feed = new LiveFeed(client, heard);
  feed.start();
  const source = FakeSource.made.at(-1);
  if (source === undefined) throw new Error('no stream was opened');
  return { client, heard, feed, source };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('LiveFeed', () => {
  it('puts what arrives where it is already known', () => {
    const { client, heard, source } = start();
    client.setQueryData(KEYS.session(SESSION), detail([observation('a')]));
    client.setQueryData(KEYS.alerts, { rows: [] });
    source.say({ type: 'observation', observation: observation('b') });
    source.say({ type: 'alert', alert: alert('x', ['a']) });
    const session = client.getQueryData<SessionDetail>(KEYS.session(SESSION));
    expect(session?.observations.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(session?.alerts).toHaveLength(1);
    expect(client.getQueryData<Page<Alert>>(KEYS.alerts)?.rows).toHaveLength(1);
    expect(heard.alert).toHaveBeenCalledOnce();
  });

  it('does not invent a session that nobody has opened', () => {
    const { client, source } = start();
    source.say({ type: 'observation', observation: observation('b') });
    expect(client.getQueryData(KEYS.session(SESSION))).toBeUndefined();
  });

  it('asks for lists again at most once a second', () => {
    const { client, source } = start();
    const asked = vi.spyOn(client, 'invalidateQueries');
    for (let i = 0; i < 50; i++) {
      source.say({ type: 'observation', observation: observation(`c${i}`) });
    }
    vi.advanceTimersByTime(1_000);
    const lists = asked.mock.calls.filter(([filter]) => filter?.queryKey === KEYS.sessions);
    expect(lists).toHaveLength(1);
  });

  it('freezes the view while paused, counts what it missed and reads it afterwards', () => {
    const { client, heard, feed, source } = start();
    client.setQueryData(KEYS.session(SESSION), detail([]));
    feed.pause(true);
    source.say({ type: 'observation', observation: observation('b') });
    expect(client.getQueryData<SessionDetail>(KEYS.session(SESSION))?.observations).toEqual([]);
    expect(heard.missed).toHaveBeenLastCalledWith(1);
    const asked = vi.spyOn(client, 'invalidateQueries');
    feed.pause(false);
    expect(asked).toHaveBeenCalledWith();
  });

  it('reads everything again after each connection, since the gap was not streamed', () => {
    const { client, source } = start();
    const asked = vi.spyOn(client, 'invalidateQueries');
    source.onopen();
    expect(asked).toHaveBeenCalledWith();
  });

  it('says that it lost the hub and tries again by itself', () => {
    const { heard, source } = start();
    source.readyState = FakeSource.CLOSED;
    source.onerror();
    expect(heard.state).toHaveBeenLastCalledWith('lost');
    const before = FakeSource.made.length;
    vi.advanceTimersByTime(3_000);
    expect(FakeSource.made.length).toBe(before + 1);
  });
});
