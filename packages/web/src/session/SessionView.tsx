import type { Observation, SessionDetail } from '@spoor/core';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { stepFields } from '../model/fields.ts';
import { matches, parseFilter } from '../model/filter.ts';
import { panelState } from '../model/panel.ts';
import { nextTrouble } from '../model/trouble.ts';
import { Bar } from '../ui/Bar.tsx';
import { Button, Filter, Segments } from '../ui/Controls.tsx';
import { usePreference, writePreference } from '../ui/preferences.ts';
import { Notice, Panel, Picture, Skeleton } from '../ui/States.tsx';
import { useKeys } from '../ui/useKeys.ts';
import { useParam } from '../ui/useParam.ts';
import { useRowKeys } from '../ui/useRowKeys.ts';
import { InspectorPane } from './InspectorPane.tsx';
import { Log } from './Log.tsx';
import styles from './Session.module.css';
import { SessionHead } from './SessionHead.tsx';
import { Steps } from './Steps.tsx';

const Graph = lazy(() => import('./Graph.tsx'));

type View = 'graph' | 'steps' | 'log';
const VIEWS = [
  { value: 'graph', word: 'Graph' },
  { value: 'steps', word: 'Steps' },
  { value: 'log', word: 'Log' },
] as const;

const idOf = (observation: Observation): string => observation.id;
const viewOf = (name: string): View => (name === 'steps' || name === 'log' ? name : 'graph');
const nextView = (view: View): View =>
  (({ graph: 'steps', steps: 'log', log: 'graph' }) as const)[view];

export interface SessionViewProps {
  readonly detail: SessionDetail;
  readonly stale: Error | null;
}

export function SessionView({ detail, stale }: SessionViewProps): ReactNode {
  const [viewName, setView] = useParam('view');
  const [filter, setFilter] = useParam('filter');
  const [call, setCall] = useParam('call');
  const [alertId, setAlert] = useParam('alert');
  const inspector = usePreference('inspector') !== 'off';
  const toggleInspector = (): void => writePreference('inspector', inspector ? 'off' : '');
  const view = viewOf(viewName);
  const all = detail.observations;
  const shown = useMemo(() => {
    const terms = parseFilter(filter);
    return all.filter((observation) => matches(terms, stepFields(observation)));
  }, [all, filter]);
  const alert = detail.alerts.find((known) => known.id === alertId);
  useRowKeys({ rows: shown, idOf, current: call, onMove: (next) => setCall(next.id) });
  useKeys({
    view: () => setView(nextView(view)),
    inspector: toggleInspector,
    trouble: () => setCall(nextTrouble(shown, detail.alerts, call) ?? call),
    back: call !== '' ? () => setCall('') : alertId !== '' ? () => setAlert('') : undefined,
  });
  return (
    <>
      <SessionHead detail={detail} alertId={alertId} onAlert={setAlert} />
      {detail.partial && <Notice>Only the newest part of this long session is shown.</Notice>}
      {stale !== null && <Notice>This may be old: {stale.message}.</Notice>}
      <Bar>
        <Segments label="View" action="view" value={view} options={VIEWS} onChange={setView} />
        <Filter
          value={filter}
          onChange={setFilter}
          placeholder="Filter: tool:query label:egress class:pii decision:denied -kind:list"
        />
        <Button
          look="plain"
          title="Inspector on or off"
          action="inspector"
          pressed={inspector}
          onClick={toggleInspector}
        >
          Inspector
        </Button>
      </Bar>
      <div className={styles.body}>
        <div className={styles.view}>
          <Panel
            state={panelState({ isPending: false, error: null }, all, shown, true)}
            noun="steps"
            firstUse={null}
            empty={<Picture title="No calls yet">The client is connected and quiet.</Picture>}
            onRetry={() => {}}
            onClear={() => setFilter('')}
          >
            {(rows) => {
              const props = { all, rows, call, alert, onCall: setCall };
              if (view === 'steps') return <Steps {...props} />;
              if (view === 'log') return <Log {...props} />;
              return (
                <Suspense fallback={<Skeleton noun="graph" />}>
                  <Graph {...props} />
                </Suspense>
              );
            }}
          </Panel>
        </div>
        {inspector && <InspectorPane call={call} detail={detail} onCall={setCall} />}
      </div>
    </>
  );
}
