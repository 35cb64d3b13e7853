import { CodedError, isObject, LIMITS, parseStrictText } from '@spoor/core';
import { definitionDigests } from './checks/definitions.ts';
import type { Scan } from './scan.ts';

const FORMAT = 1;

/** What a lock file says: for each tool the digest of its definition. */
export function writeLock({ report, tools }: Scan): string {
  const { name = '', version = '' } = report.target;
  const digests = [...definitionDigests(tools)].sort(([a], [b]) => (a < b ? -1 : 1));
  const lock = { format: FORMAT, server: name, version, tools: Object.fromEntries(digests) };
  return `${JSON.stringify(lock, null, 2)}\n`;
}

/** Throws SCAN_LOCK. */
export function readLock(text: string): ReadonlyMap<string, string> {
  if (text.length > LIMITS.scanLockBytesMax) throw new CodedError('SCAN_LOCK', 'too large');
  const parsed = parseStrictText(text);
  const value = parsed.ok ? parsed.value : undefined;
  if (!isObject(value) || value.format !== FORMAT || !isObject(value.tools))
    throw new CodedError('SCAN_LOCK', parsed.ok ? 'it is no lock file' : parsed.reason);
  const entries = Object.entries(value.tools);
  const bad = entries.find(([, digest]) => typeof digest !== 'string');
  if (bad !== undefined) throw new CodedError('SCAN_LOCK', bad[0]);
  return new Map(entries as (readonly [string, string])[]);
}
