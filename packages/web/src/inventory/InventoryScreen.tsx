import type { ServerView, ToolView } from '@spoor/core';
import { type ReactNode, useMemo } from 'react';
import { useHub, useInventory } from '../api/queries.ts';
import { parseFilter } from '../model/filter.ts';
import { panelState } from '../model/panel.ts';
import { prettyProjection } from '../model/projection.ts';
import { countText } from '../model/words.ts';
import { Bar, BarNote } from '../ui/Bar.tsx';
import { Command, Filter } from '../ui/Controls.tsx';
import { usePreference, writePreference } from '../ui/preferences.ts';
import { Splitter } from '../ui/Splitter.tsx';
import { Panel, Picture } from '../ui/States.tsx';
import { Table } from '../ui/Table.tsx';
import { Text } from '../ui/Text.tsx';
import { useKeys } from '../ui/useKeys.ts';
import { useParam } from '../ui/useParam.ts';
import { useRowKeys } from '../ui/useRowKeys.ts';
import { inventoryColumns } from './columns.tsx';
import styles from './Inventory.module.css';
import { Labels } from './Labels.tsx';
import { Pin } from './Pin.tsx';
import { type InventoryRow, inventoryRows } from './rows.ts';
import { Unwrapped } from './Unwrapped.tsx';
import { useSay } from './useSay.ts';

const idOf = (row: InventoryRow): string => row.id;
const NONE: readonly ServerView[] = [];
const DEFINITION_CHARS = 16_384;
const WIDTH_PX = { min: 280, normal: 400, max: 720 } as const;

export function InventoryScreen(): ReactNode {
  const query = useInventory();
  const hub = useHub();
  const [filter, setFilter] = useParam('filter');
  const [current, setCurrent] = useParam('tool');
  const servers = query.data?.servers ?? NONE;
  const all = useMemo(() => inventoryRows(servers, []), [servers]);
  const shown = useMemo(() => inventoryRows(servers, parseFilter(filter)), [servers, filter]);
  const columns = useMemo(() => inventoryColumns(setCurrent), [setCurrent]);
  useRowKeys({ rows: shown, idOf, current, onMove: (row) => setCurrent(row.id) });
  useKeys({ back: current === '' ? undefined : () => setCurrent('') });
  const chosen = all.find((row) => row.id === current);
  return (
    <>
      <Bar>
        <Filter
          value={filter}
          onChange={setFilter}
          placeholder="Filter: server:drive label:egress change:changed"
        />
        <BarNote>{countText(servers.length, 'server')}</BarNote>
      </Bar>
      <Unwrapped clients={query.data?.clients} />
      <Panel
        state={panelState(query, all, shown, (hub.data?.calls24h ?? 0) > 0)}
        noun="servers"
        firstUse={
          <Picture
            title="No server has been seen"
            actions={<Command text="spoor run --name files -- npx -y server" />}
          >
            A server appears with its tools when a client lists them through Spoor.
          </Picture>
        }
        empty={
          <Picture title="No definitions were seen">
            Calls passed, but no client has listed tools since the store was made.
          </Picture>
        }
        onRetry={() => void query.refetch()}
        onClear={() => setFilter('')}
        partial={query.error === null ? undefined : `This may be old: ${query.error.message}.`}
      >
        {(rows) => (
          <div className={styles.body}>
            <div className={styles.view}>
              <Table
                label="Servers and their tools"
                columns={columns}
                rows={rows}
                idOf={idOf}
                current={current}
                onSelect={(row) => setCurrent(row.id)}
              />
            </div>
            {chosen?.tool !== undefined && (
              <Definition server={chosen.server.name} tool={chosen.tool} />
            )}
          </div>
        )}
      </Panel>
    </>
  );
}

function Definition({
  server,
  tool,
}: {
  readonly server: string;
  readonly tool: ToolView;
}): ReactNode {
  const say = useSay();
  const stored = Number(usePreference('inspector-px'));
  const width = stored >= WIDTH_PX.min ? Math.min(stored, WIDTH_PX.max) : WIDTH_PX.normal;
  return (
    <>
      <Splitter
        label="Width of the definition"
        value={width}
        min={WIDTH_PX.min}
        max={WIDTH_PX.max}
        onChange={(px) => writePreference('inspector-px', String(px))}
      />
      <aside className={styles.definition} style={{ width, maxWidth: '50%' }} aria-label="Tool">
        <h2 className={styles.head}>
          <Text value={tool.name} charsMax={120} />
        </h2>
        <Labels tool={tool} />
        <Pin tool={tool} onSay={(word) => say(server, tool, word)} />
        {tool.definition === undefined ? (
          <p>The definition is not kept: only its digest is.</p>
        ) : (
          <pre>
            <Text value={prettyProjection(tool.definition)} charsMax={DEFINITION_CHARS} />
          </pre>
        )}
      </aside>
    </>
  );
}
