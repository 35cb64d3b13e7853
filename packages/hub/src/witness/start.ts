import { systemClock, type WitnessView } from '@spoor/core';
import type { Appended, Entry, Ledger, Published } from '@spoor/ledger';
import { readLog } from '@spoor/ledger/folder';
import { LEDGER_REFUSED } from '../builtin.ts';
import type { DetectionRecord } from '../bus.ts';
import { evidenceOf } from '../decide/entry.ts';
import { foundEverywhere } from '../everywhere.ts';
import type { HubOptions } from '../options.ts';
import { type Asker, askersOf } from './askers.ts';
import { confirmWith } from './confirm.ts';
import { readPolicy } from './policy.ts';
import { type Refusal, Witnessing } from './witnessing.ts';

/** A hub that stops asks for its last checkpoint, and waits no longer for the answer. */
const LAST_MS = 2_000;

/** The hub's side of witnesses, before the ledger is open and after. */
export interface Witnesses {
  /** @throws CodedError LEDGER_ROLLED_BACK, WITNESS_REFUSED */
  confirm(newest: Published): Promise<void>;
  /** From now on the ledger's checkpoints are shown to them. */
  watch(ledger: Ledger, told: Told): void;
  readonly view: WitnessView;
  close(): Promise<void>;
}

interface Told {
  readonly dir: string;
  /** Undefined where the ledger cannot take it. */
  readonly note: (entry: Entry) => Appended | undefined;
  readonly alert: (record: DetectionRecord) => void;
}

const OFF: WitnessView = { state: 'off', size: 0, witnesses: [] };

const NONE: Witnesses = {
  confirm: async () => undefined,
  watch: () => undefined,
  view: OFF,
  close: async () => undefined,
};

/** @throws CodedError WITNESS_POLICY */
export async function loadWitnesses({ witness, say }: HubOptions): Promise<Witnesses> {
  if (witness === undefined) return NONE;
  const policy = await readPolicy(witness.policyFile);
  const askers: readonly Asker[] = askersOf(policy, witness.timeoutMs);
  if (askers.length === 0) say('no witness of the policy has a URL: nobody is asked');
  let witnessing: Witnessing | undefined;
  return {
    confirm: (newest) => confirmWith(askers, newest, say),
    watch(ledger, { dir, note, alert }) {
      witnessing = new Witnessing({
        policy,
        askers,
        ledger,
        source: readLog(dir),
        nowMs: systemClock.nowMs,
        note: (entry) => void note(entry),
        refused: (name, answer) => {
          say(`witness ${name} knows another history of the ledger (${answer.status})`);
          const { status, size } = answer;
          const entry = note({
            kind: 'alert',
            detail: { rule: LEDGER_REFUSED.id, holds: status, size },
          });
          alert({ ...detectionOf(name, answer), ...evidenceOf(entry, ledger) });
        },
      });
    },
    get view() {
      return witnessing?.view ?? OFF;
    },
    close: async () => witnessing?.close(LAST_MS),
  };
}

function detectionOf(
  witness: string,
  { status, size }: Refusal,
): Pick<DetectionRecord, 'decision' | 'detection'> {
  return foundEverywhere({
    rule: LEDGER_REFUSED,
    step: 'The ledger was shown to a witness',
    matched: { witness, holds: status, size: String(size) },
    group: { witness },
    atMs: systemClock.nowMs(),
  });
}
