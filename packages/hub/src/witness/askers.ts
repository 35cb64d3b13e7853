import { CodedError, type ErrorCode, LIMITS } from '@spoor/core';
import { OutboundClient } from '@spoor/edge';
import type { PolicyWitness, WitnessPolicy } from '@spoor/ledger/verify';
import type { Posted } from '@spoor/ledger/witness';

/** One witness that can be asked. */
export interface Asker {
  readonly witness: PolicyWitness;
  /** Throws OUTBOUND_REFUSED or OUTBOUND_FAILED. */
  post(body: Uint8Array): Promise<Posted>;
  close(): Promise<void>;
}

/** Witnesses of the policy that have a URL. */
export const askersOf = ({ witnesses }: WitnessPolicy, timeoutMs: number): Asker[] =>
  witnesses.flatMap((witness) =>
    witness.url === undefined ? [] : [askerOf(witness, new URL(witness.url), timeoutMs)],
  );

function askerOf(witness: PolicyWitness, prefix: URL, timeoutMs: number): Asker {
  const url = new URL(prefix);
  url.pathname = `${prefix.pathname.replace(/\/$/, '')}/add-checkpoint`;
  const client = new OutboundClient({
    // The owner named this host in the policy: it may be on this machine or network.
    trustedHosts: [url.hostname],
    timeoutMs,
    responseBytesMax: LIMITS.witnessAnswerBytesMax,
  });
  return {
    witness,
    post: (body) => client.post(url, { 'content-type': 'text/plain' }, body),
    close: () => client.close(),
  };
}

/** Why it could not be asked, as one of our codes. */
export const whyOf = (error: unknown): ErrorCode =>
  error instanceof CodedError ? error.code : 'INTERNAL';
