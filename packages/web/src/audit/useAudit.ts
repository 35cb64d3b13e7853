import type { LedgerView } from '@spoor/core';
import type { VerifyResult } from '@spoor/ledger/verify';
import { useState } from 'react';
import { ApiError } from '../api/client.ts';
import type { Looked } from './cosigned.ts';
import { type Kept, keep, readKept } from './kept.ts';
import { hubLog } from './source.ts';

export type AuditState =
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'running'; readonly checked: number; readonly size: number }
  | { readonly kind: 'failed'; readonly why: string }
  | {
      readonly kind: 'done';
      readonly result: VerifyResult;
      /** What witnesses say, as far as this page could check it. */
      readonly looked: Looked;
      /** Keys of witnesses that a person had given it by then. */
      readonly known: readonly string[];
      readonly tookMs: number;
      /** What the log was compared with. */
      readonly kept: Kept | undefined;
      /** This browser knows another key for a log at this address. */
      readonly keyChanged: boolean;
    };

type Run = (ledger: LedgerView, known: readonly string[]) => Promise<void>;

/** Verification of the whole log, here in the browser. */
export function useAudit(): readonly [AuditState, Run] {
  const [state, setState] = useState<AuditState>({ kind: 'not-yet' });
  const run: Run = async (ledger, known) => {
    setState({ kind: 'running', checked: 0, size: ledger.size });
    const onProgress = (checked: number, size: number): void =>
      setState({ kind: 'running', checked, size });
    try {
      setState(await audit(ledger, known, onProgress));
    } catch (error) {
      const why = error instanceof ApiError ? `${error.message} (${error.code})` : String(error);
      setState({ kind: 'failed', why });
    }
  };
  return [state, run];
}

async function audit(
  { verifierKey, witness }: LedgerView,
  known: readonly string[],
  onProgress: (checked: number, size: number) => void,
): Promise<AuditState> {
  const { verifyWithWitnesses } = await import('./cosigned.ts');
  const startMs = performance.now();
  const before = readKept(localStorage);
  const kept = before?.verifierKey === verifierKey ? before : undefined;
  const { result, looked, checkpoint } = await verifyWithWitnesses(
    hubLog,
    {
      verifierKey,
      onProgress,
      ...(kept === undefined ? {} : { checkpoint: kept.checkpoint }),
    },
    {
      known,
      policy: witness.policy,
      hasWitnesses: witness.state !== 'off',
      nowMs: Date.now(),
    },
  );
  if (checkpoint !== undefined && 'root' in result) {
    keep(localStorage, { verifierKey, checkpoint, size: result.size, atMs: Date.now() });
  }
  const keyChanged = before !== undefined && kept === undefined;
  const tookMs = performance.now() - startMs;
  return { kind: 'done', result, looked, known, tookMs, kept, keyChanged };
}
