import type { Alert } from '@spoor/core';
import { type ReactNode, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { useAlerts, useHub } from '../api/queries.ts';
import { alertFields } from '../model/fields.ts';
import { matches, parseFilter } from '../model/filter.ts';
import { byProof, byUrgency } from '../model/kinds.ts';
import { panelState } from '../model/panel.ts';
import { countText } from '../model/words.ts';
import { Bar, BarNote } from '../ui/Bar.tsx';
import { Command, Filter, Segments } from '../ui/Controls.tsx';
import { Coverage } from '../ui/coverage.tsx';
import { Blank, Panel, Picture } from '../ui/States.tsx';
import { useParam } from '../ui/useParam.ts';
import { useRowKeys } from '../ui/useRowKeys.ts';
import { AlertList } from './AlertList.tsx';
import styles from './Alerts.module.css';
import { Evidence } from './Evidence.tsx';
import { Facets } from './Facets.tsx';

const ORDERS = [
  { value: '', word: 'Worst' },
  { value: 'identity', word: 'Least proved' },
] as const;

const idOf = (alert: Alert): string => alert.id;

export function AlertsScreen({ id }: { readonly id: string }): ReactNode {
  const query = useAlerts();
  const hub = useHub();
  const search = useSearch();
  const [, navigate] = useLocation();
  const [filter, setFilter] = useParam('filter');
  const [order, setOrder] = useParam('order');
  const all = useMemo(() => {
    const rows = query.data?.rows ?? [];
    return rows.toSorted(order === 'identity' ? byProof : byUrgency);
  }, [query.data, order]);
  const shown = useMemo(() => {
    const terms = parseFilter(filter);
    return all.filter((alert) => matches(terms, alertFields(alert)));
  }, [all, filter]);
  const pathOf = (alert: Alert): string =>
    `/alerts/${encodeURIComponent(alert.id)}${search === '' ? '' : `?${search}`}`;
  useRowKeys({
    rows: shown,
    idOf,
    current: id,
    onMove: (alert) => navigate(pathOf(alert), { replace: true }),
  });
  const used = (hub.data?.calls24h ?? 0) > 0 || hub.data?.newestCallMs !== undefined;
  return (
    <>
      <Bar>
        <Filter
          value={filter}
          onChange={setFilter}
          placeholder="Filter: is:open level:critical identity:conflict server:drive"
        />
        <Segments label="Order" value={order} options={ORDERS} onChange={setOrder} />
        <BarNote>{countText(all.length, 'alert')}</BarNote>
      </Bar>
      <Panel
        state={panelState(query, all, shown, used)}
        noun="alerts"
        firstUse={<FirstUse />}
        empty={
          <Picture title="No alerts">
            <Coverage hub={hub.data} />
          </Picture>
        }
        onRetry={() => void query.refetch()}
        onClear={() => setFilter('')}
        partial={partialWords(query.data?.next, query.error)}
      >
        {(rows) => (
          <div className={styles.body}>
            <Facets alerts={all} filter={filter} onFilter={setFilter} />
            <AlertList alerts={rows} current={id} pathOf={pathOf} />
            <Chosen alert={all.find((alert) => alert.id === id)} id={id} />
          </div>
        )}
      </Panel>
    </>
  );
}

function Chosen({
  alert,
  id,
}: {
  readonly alert: Alert | undefined;
  readonly id: string;
}): ReactNode {
  if (alert !== undefined) return <Evidence key={alert.id} alert={alert} />;
  if (id === '') return <Blank title="Choose an alert">Its evidence was stored with it.</Blank>;
  return <Blank title="This alert is not here">It may be older than what is kept.</Blank>;
}

function partialWords(next: string | undefined, error: Error | null): string | undefined {
  if (error !== null) return `These rows may be old: ${error.message}.`;
  return next === undefined ? undefined : 'Only the newest alerts are shown.';
}

function FirstUse(): ReactNode {
  return (
    <Picture title="Nothing has been watched yet" actions={<Command text="spoor demo" />}>
      Alerts appear when calls pass through Spoor and a rule matches. The demo plays a session in
      which one does.
    </Picture>
  );
}
