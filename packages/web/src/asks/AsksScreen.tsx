import type { AskView } from '@spoor/core';
import type { ReactNode } from 'react';
import { useAsks, useHub } from '../api/queries.ts';
import { panelState } from '../model/panel.ts';
import { countText } from '../model/words.ts';
import { Bar, BarNote } from '../ui/Bar.tsx';
import { Command } from '../ui/Controls.tsx';
import { Coverage } from '../ui/coverage.tsx';
import { Panel, Picture } from '../ui/States.tsx';
import { useKeys } from '../ui/useKeys.ts';
import { useParam } from '../ui/useParam.ts';
import { useRowKeys } from '../ui/useRowKeys.ts';
import { Ask } from './Ask.tsx';
import styles from './Asks.module.css';
import { useAnswer } from './useAnswer.ts';

const idOf = (ask: AskView): string => ask.case;
const NONE: readonly AskView[] = [];

/** Calls that wait for a person. The oldest comes first, since its time is over first. */
export function AsksScreen(): ReactNode {
  const query = useAsks();
  const hub = useHub();
  const rows = query.data?.rows ?? NONE;
  const [chosen, setChosen] = useParam('case');
  const answer = useAnswer();
  // A key answers only what was chosen: what arrives in between never moves under a hand.
  const current = rows.find((ask) => ask.case === chosen);
  useRowKeys({ rows, idOf, current: chosen, onMove: (ask) => setChosen(ask.case) });
  useKeys({
    'ask.approve': current && (() => answer(current, 'approve')),
    'ask.deny': current && (() => answer(current, 'deny')),
  });
  const used = (hub.data?.calls24h ?? 0) > 0 || hub.data?.newestCallMs !== undefined;
  return (
    <>
      <Bar>
        <BarNote>{countText(rows.length, 'call')} waiting</BarNote>
      </Bar>
      <Panel
        state={panelState(query, rows, rows, used)}
        noun="waiting calls"
        firstUse={
          <Picture
            title="Nothing has been watched yet"
            actions={<Command text="spoor enforce ask --rule data-access-then-egress" />}
          >
            A call waits here when a rule asks for your word. The command makes a rule ask.
          </Picture>
        }
        empty={
          <Picture title="No call waits for you">
            <Coverage hub={hub.data} />
          </Picture>
        }
        onRetry={() => void query.refetch()}
        partial={query.error === null ? undefined : `This may be old: ${query.error.message}.`}
      >
        {(asks) => (
          <ul className={styles.list} aria-label="Waiting calls">
            {asks.map((ask) => (
              <Ask
                key={ask.case}
                ask={ask}
                current={ask.case === chosen}
                onChoose={() => setChosen(ask.case)}
                onAnswer={(said) => answer(ask, said)}
              />
            ))}
          </ul>
        )}
      </Panel>
    </>
  );
}
