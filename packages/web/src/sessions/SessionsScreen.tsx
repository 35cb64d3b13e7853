import { type HubView, IDENTITY_LEVELS, levelWord, type SessionView } from '@spoor/core';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { useHub, useSessions } from '../api/queries.ts';
import { sessionFields } from '../model/fields.ts';
import { matches, parseFilter } from '../model/filter.ts';
import { panelState } from '../model/panel.ts';
import { countText } from '../model/words.ts';
import { Bar, BarNote } from '../ui/Bar.tsx';
import { Command, Filter, Segments } from '../ui/Controls.tsx';
import { Coverage } from '../ui/coverage.tsx';
import { Panel, Picture } from '../ui/States.tsx';
import { Table } from '../ui/Table.tsx';
import { useParam } from '../ui/useParam.ts';
import { useRowKeys } from '../ui/useRowKeys.ts';
import { SESSION_COLUMNS } from './columns.tsx';

const LEVELS = [
  { value: '', word: 'All' },
  ...IDENTITY_LEVELS.map((value) => ({ value, word: levelWord(value) })),
];

const ORDERS = [
  { value: '', word: 'Newest' },
  { value: 'identity', word: 'Least proved' },
];

const idOf = (session: SessionView): string => session.id;

export function SessionsScreen(): ReactNode {
  const [identity, setIdentity] = useParam('identity');
  const [sort, setSort] = useParam('order');
  const query = useSessions({ identity, sort });
  const hub = useHub();
  const [, navigate] = useLocation();
  const [filter, setFilter] = useParam('filter');
  const [current, setCurrent] = useState('');
  const all = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const shown = useMemo(() => {
    const terms = parseFilter(filter);
    return all.filter((session) => matches(terms, sessionFields(session)));
  }, [all, filter]);
  const open = useCallback(
    (session: SessionView) => navigate(`/sessions/${encodeURIComponent(session.id)}`),
    [navigate],
  );
  useRowKeys({
    rows: shown,
    idOf,
    current,
    onMove: (session) => setCurrent(session.id),
    onOpen: open,
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const used = (hub.data?.calls24h ?? 0) > 0 || hub.data?.newestCallMs !== undefined;
  return (
    <>
      <Bar>
        <Filter
          value={filter}
          onChange={setFilter}
          placeholder="Filter: agent:claude server:crm is:denied level:critical"
        />
        <Segments label="Identity" value={identity} options={LEVELS} onChange={setIdentity} />
        <Segments label="Order" value={sort} options={ORDERS} onChange={setSort} />
        <BarNote>{countText(all.length, 'session')}</BarNote>
      </Bar>
      <Panel
        state={panelState(query, all, shown, used || identity !== '')}
        noun="sessions"
        firstUse={<FirstUse />}
        empty={identity === '' ? <NoneKept hub={hub.data} /> : <NoneOfLevel />}
        onRetry={() => void query.refetch()}
        onClear={() => setFilter('')}
        partial={refreshProblem(query.error, all.length)}
      >
        {(rows) => (
          <Table
            label={`Sessions, ${sort === '' ? 'newest' : 'least proved'} first`}
            columns={SESSION_COLUMNS}
            rows={rows}
            idOf={idOf}
            current={current}
            onSelect={open}
            onEnd={more}
          />
        )}
      </Panel>
    </>
  );
}

const refreshProblem = (error: Error | null, rows: number): string | undefined =>
  error !== null && rows > 0 ? `These rows may be old: ${error.message}.` : undefined;

const WRAP_EXAMPLE = 'spoor run --name files -- npx -y @modelcontextprotocol/server-filesystem .';

const NoneKept = ({ hub }: { readonly hub: HubView | undefined }): ReactNode => (
  <Picture title="No sessions are kept">
    <Coverage hub={hub} /> Older sessions were removed by retention.
  </Picture>
);

const NoneOfLevel = (): ReactNode => (
  <Picture title="No session is of this level">There may be others: choose All.</Picture>
);

function FirstUse(): ReactNode {
  return (
    <Picture
      title="No session yet"
      actions={
        <>
          <Command text={WRAP_EXAMPLE} />
          <Command text="spoor demo" />
        </>
      }
    >
      Put <code>spoor run</code> in front of an MCP server in your client’s configuration. Its calls
      appear here as they happen. Or play the demo.
    </Picture>
  );
}
