import type { LedgerView } from '@spoor/core';
import type { ReactNode } from 'react';
import { useLedger } from '../api/queries.ts';
import { panelState } from '../model/panel.ts';
import { countText } from '../model/words.ts';
import { Button, Command } from '../ui/Controls.tsx';
import { Panel, Picture } from '../ui/States.tsx';
import styles from './Audit.module.css';
import { AuditResult } from './AuditResult.tsx';
import { useAudit } from './useAudit.ts';
import { oneWitnessText, witnessText } from './witnesses.ts';
import { verifyCommand } from './words.ts';

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
  return (
    <div className={styles.audit}>
      <div className={styles.column}>
        <AuditResult state={state} size={ledger.size} />
        <div className={styles.actions}>
          <Button
            look="primary"
            onClick={() => void run(ledger)}
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
          <Command text={verifyCommand(ledger.path)} />
        </section>
        <section className={styles.section}>
          <h3>Witnesses</h3>
          <p>{witnessText(ledger.witness)}</p>
          {ledger.witness.witnesses.map((witness) => (
            <p key={witness.name}>{oneWitnessText(witness)}</p>
          ))}
        </section>
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
