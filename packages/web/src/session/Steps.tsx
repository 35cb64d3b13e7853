import type { Observation } from '@spoor/core';
import { type ReactNode, useMemo } from 'react';
import { circled, pathSteps } from '../model/edges.ts';
import { Table } from '../ui/Table.tsx';
import { stepColumns } from './stepColumns.tsx';
import { useOrder } from './useOrder.ts';
import type { ViewProps } from './view.ts';

const idOf = (observation: Observation): string => observation.id;

/** The same data as the graph as a table in step order: also its accessible form. */
export function Steps({ all, rows, call, alert, onCall }: ViewProps): ReactNode {
  const order = useOrder(all);
  const path = useMemo(() => pathSteps(alert), [alert]);
  const columns = useMemo(
    () => stepColumns({ order, onCall, mark: (id) => mark(path.get(id)) }),
    [order, onCall, path],
  );
  return (
    <Table
      label="Steps of the session, in order"
      columns={columns}
      rows={rows}
      idOf={idOf}
      current={call}
      onSelect={(row) => onCall(row.id)}
      isDim={(row) => path.size > 0 && !path.has(row.id)}
    />
  );
}

const mark = (step: number | undefined): string => (step === undefined ? '' : circled(step));
