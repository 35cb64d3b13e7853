import type { LedgerView } from '@spoor/core';
import type { ReactNode } from 'react';
import { useLedger } from '../api/queries.ts';
import { panelState } from '../model/panel.ts';
import { countText } from '../model/words.ts';
import { Button, Command } from '../ui/Controls.tsx';
import { Panel, Picture } from '../ui/States.tsx';
import styles from './Audit.module.css';
import { AuditResult } from './AuditResult.tsx';
import { knownPolicy, useKnown } from './known.ts';
import { useAudit } from './useAudit.ts';
import { Witnesses } from './Witnesses.tsx';
import { witnessedCommand } from './words.ts';

export function AuditScreen(): ReactNode {
  const query = useLedger();
  const rows = query.data === undefined ? [] : [query.data];
  // A log without entries is not an empty result: there is nothing to verify yet.
  const filled = rows.filter((ledger) => ledger.size > 0);
  return (
    <Panel
      state={panelState(query, filled, filled, rows.length > 0 && rows[0]?.published === false)}
      noun="ledger"
      firstUse={
        <Picture
          title="The ledger has no entries yet"
          actions={<Command text="spoor run --name files -- npx -y server" />}
        >
          Every call through a wrapped server becomes an entry. There is nothing to verify before
          that.
        </Picture>
      }
      empty={
        <Picture title="Nothing is published yet">
          Entries are kept, but no checkpoint has been signed since the hub started.
        </Picture>
      }
      onRetry={() => void query.refetch()}
      partial={query.error === null ? undefined : `This may be old: ${query.error.message}.`}
    >
      {([ledger]) => ledger && <Ledger ledger={ledger} />}
    </Panel>
  );
}

function Ledger({ ledger }: { readonly ledger: LedgerView }): ReactNode {
  const [state, run] = useAudit();
  const [known, setKnown] = useKnown();
  const looked = state.kind === 'done' ? state.looked : undefined;
  const isOutdated = state.kind === 'done' && state.known !== known;
  const policy = known.length > 0 ? knownPolicy(known) : ledger.witness.policy;
  return (
    <div className={styles.audit}>
      <div className={styles.column}>
        <AuditResult state={state} size={ledger.size} />
        <div className={styles.actions}>
          <Button
            look="primary"
            onClick={() => void run(ledger, known)}
            disabled={state.kind === 'running'}
          >
            {state.kind === 'done' ? 'Verify again' : 'Verify the whole log here'}
          </Button>
        </div>
        <section className={styles.section}>
          <h3>Repeat it without this page</h3>
          <p>
            The page and the hub come from the same place. The command line recomputes everything
            from the files alone; on another machine, with a checkpoint kept there, it proves more.
          </p>
          <Command text={witnessedCommand(ledger.path, policy)} />
        </section>
        <Witnesses
          view={ledger.witness}
          looked={looked}
          known={known}
          onKnown={setKnown}
          isOutdated={isOutdated}
        />
        <section className={styles.section}>
          <h3>Checkpoint, {countText(ledger.size, 'entry', 'entries')}</h3>
          <p>
            Keep a copy of this note elsewhere: what it covers can then not be changed or removed
            without being seen.
          </p>
          <Command text={ledger.verifierKey} />
          <pre className={styles.note}>{ledger.checkpoint}</pre>
        </section>
      </div>
    </div>
  );
}
