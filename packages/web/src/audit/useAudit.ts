import type { LedgerView } from '@spoor/core';
import type { VerifyResult } from '@spoor/ledger/verify';
import { useState } from 'react';
import { ApiError } from '../api/client.ts';
import { type Kept, keep, readKept } from './kept.ts';
import { hubLog } from './source.ts';

export type AuditState =
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'running'; readonly checked: number; readonly size: number }
  | { readonly kind: 'failed'; readonly why: string }
  | {
      readonly kind: 'done';
      readonly result: VerifyResult;
      readonly tookMs: number;
      /** What the log was compared with. */
      readonly kept: Kept | undefined;
      /** This browser knows another key for a log at this address. */
      readonly keyChanged: boolean;
    };

/** Verification of the whole log, here in the browser. */
export function useAudit(): readonly [AuditState, (ledger: LedgerView) => Promise<void>] {
  const [state, setState] = useState<AuditState>({ kind: 'not-yet' });
  const run = async (ledger: LedgerView): Promise<void> => {
    setState({ kind: 'running', checked: 0, size: ledger.size });
    try {
      setState(
        await audit(ledger, (checked, size) => setState({ kind: 'running', checked, size })),
      );
    } catch (error) {
      const why = error instanceof ApiError ? `${error.message} (${error.code})` : String(error);
      setState({ kind: 'failed', why });
    }
  };
  return [state, run];
}

async function audit(
  { verifierKey }: LedgerView,
  onProgress: (checked: number, size: number) => void,
): Promise<AuditState> {
  const { verifyLog } = await import('@spoor/ledger/verify');
  const startMs = performance.now();
  const before = readKept(localStorage);
  const kept = before?.verifierKey === verifierKey ? before : undefined;
  // One checkpoint for the whole run: the log may grow meanwhile.
  const note = await hubLog.read('checkpoint');
  const source = {
    read: async (path: string) => (path === 'checkpoint' ? note : hubLog.read(path)),
  };
  const result = await verifyLog(source, {
    verifierKey,
    onProgress,
    ...(kept === undefined ? {} : { checkpoint: kept.checkpoint }),
  });
  if (note !== undefined && (result.status === 'ok' || result.status === 'unwitnessed')) {
    const checkpoint = new TextDecoder().decode(note);
    keep(localStorage, { verifierKey, checkpoint, size: result.size, atMs: Date.now() });
  }
  const keyChanged = before !== undefined && kept === undefined;
  return { kind: 'done', result, tookMs: performance.now() - startMs, kept, keyChanged };
}
