import { readFile } from 'node:fs/promises';
import { CodedError } from '@spoor/core';
import { parsePolicy, type WitnessPolicy } from '@spoor/ledger/verify';

/** The owner's file (C2SP tlog-policy). @throws CodedError WITNESS_POLICY, naming the line */
export async function readPolicy(path: string): Promise<WitnessPolicy> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new CodedError('WITNESS_POLICY', path, error);
  });
  const parsed = parsePolicy(bytes);
  if (parsed.status === 'ok') return parsed.policy;
  throw new CodedError('WITNESS_POLICY', `${path}:${parsed.line} ${parsed.why}`);
}
