import { type ClientsView, type ConfiguredServer, type LiveEvent, systemRandom } from '@spoor/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { tellUnwrapped } from '../../src/clients/unwrapped.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';

const server = (name: string, state: ConfiguredServer['state'] = 'bare'): ConfiguredServer => ({
  client: 'Cursor',
  file: '/h/.cursor/mcp.json',
  name,
  state,
});

const view = (...servers: ConfiguredServer[]): ClientsView => ({
  watched: true,
  servers,
  unreadable: [],
});

function world(): {
  tell: (view: ClientsView, nowMs?: number) => void;
  statuses: () => Record<string, string>;
  store: ReturnType<typeof openSqliteStore>;
  events: LiveEvent[];
} {
  const store = openSqliteStore(':memory:');
  onTestFinished(() => store.close());
  const events: LiveEvent[] = [];
  const live = { publish: (event: LiveEvent) => void events.push(event) };
  return {
    store,
    events,
    tell: (next, nowMs = 1) => tellUnwrapped(next, { store, live, random: systemRandom, nowMs }),
    statuses: () =>
      Object.fromEntries(
        store
          .alerts({ open: false, limit: 100 })
          .map(({ detection, status }) => [detection.group.server, status]),
      ),
  };
}

describe('servers without Spoor', () => {
  verifies(
    'clients:unwrapped',
    () => {
      const { tell, statuses, events, store } = world();
      tell(view(server('a'), server('b'), server('c', 'wrapped'), server('d', 'remote')));
      expect(statuses()).toEqual({ a: 'new', b: 'new' });
      tell(view(server('a', 'wrapped'), server('b')));
      expect(statuses()).toEqual({ a: 'resolved', b: 'new' });
      tell(view(server('b')));
      expect(events.length).toBe(3);
      tell(view(server('a'), server('b')));
      expect(statuses()).toEqual({ a: 'new', b: 'new' });
      const [alert] = store
        .alerts({ open: true, limit: 9 })
        .filter(({ detection }) => detection.group.server === 'a');
      expect(alert).toMatchObject({ count: 2, title: 'Cursor starts a without Spoor' });
    },
    { case: 'the alert' },
  );

  verifies(
    'clients:unreadable',
    () => {
      const { tell, statuses } = world();
      tell(view(server('a')));
      const unreadable = [{ client: 'Cursor', file: '/h/.cursor/mcp.json', why: '1:1 x' }];
      tell({ watched: true, servers: [], unreadable });
      expect(statuses()).toEqual({ a: 'new' });
    },
    { case: 'its alerts stay' },
  );

  test('what a person dismissed stays dismissed, and what is looked at stays so', () => {
    const { tell, statuses, store } = world();
    tell(view(server('a'), server('b')));
    for (const alert of store.alerts({ open: true, limit: 9 })) {
      const status = alert.detection.group.server === 'a' ? 'dismissed' : 'acknowledged';
      store.updateAlert({ ...alert, status });
    }
    tell(view(server('a'), server('b')));
    expect(statuses()).toEqual({ a: 'dismissed', b: 'acknowledged' });
    tell(view());
    expect(statuses()).toEqual({ a: 'dismissed', b: 'resolved' });
  });

  test('the same name in another file is another server', () => {
    const { tell, store } = world();
    tell(view(server('a'), { ...server('a'), file: '/h/.claude.json' }));
    expect(store.alerts({ open: true, limit: 9 }).length).toBe(2);
  });
});
