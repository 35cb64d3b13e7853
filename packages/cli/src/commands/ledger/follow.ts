import { setTimeout as delay } from 'node:timers/promises';
import { CodedError } from '@spoor/core';
import { readLog } from '@spoor/ledger/folder';
import { publishedSize, readLeaves } from '@spoor/ledger/verify';
import type { Context, Output } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { tellPruned } from './pruned.ts';
import { dirOf } from './source.ts';

/** The hub publishes twice a second while there is something new. */
const LOOK_EVERY_MS = 250;

interface Shown {
  readonly ts?: number;
  readonly kind?: string;
  readonly outcome?: string;
  readonly mcp?: { readonly method?: string; readonly server?: string; readonly tool?: string };
}

/**
 * As `tail -f` does. Each line begins with its index, or has it, so that a reader that was cut off
 * goes on with `--from`.
 */
export async function follow(context: Context): Promise<number> {
  const { flags, out } = context;
  const source = readLog(dirOf(context));
  let next = from(flags.from) ?? (await publishedSize(source)) ?? 0;
  await tellPruned(context, next);
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  process.once('SIGTERM', () => ending.abort());
  while (!ending.signal.aborted) {
    const size = (await publishedSize(source)) ?? 0;
    if (size < next) throw new CodedError('LEDGER_ROLLED_BACK', `${size} of ${next} entries`);
    if (size > next) next = await printFrom(source, next, flags.json === true, out);
    await delay(LOOK_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
  }
  return 0;
}

function from(flag: Context['flags'][string]): number | undefined {
  if (flag === undefined) return undefined;
  const index = Number(flag);
  if (!Number.isSafeInteger(index) || index < 0) throw new CodedError('USAGE', '--from INDEX');
  return index;
}

/** Where the next look begins. */
async function printFrom(
  source: ReturnType<typeof readLog>,
  first: number,
  json: boolean,
  out: Output,
): Promise<number> {
  let next = first;
  try {
    for await (const { index, leaf } of readLeaves(source, first)) {
      out.line(json ? `{"index":${index},"entry":${leaf}}` : lineOf(index, leaf, out));
      next = index + 1;
    }
  } catch (error) {
    // The writer replaces a partial bundle when there is a larger one: the next look finds that.
    if (!(error instanceof CodedError && error.code === 'LEDGER_UNREADABLE')) throw error;
    if ((await publishedSize(source)) === undefined) throw error;
  }
  return next;
}

function lineOf(index: number, leaf: string, out: Output): string {
  const { ts = 0, kind = '', outcome = '', mcp = {} } = JSON.parse(leaf) as Shown;
  const about = [mcp.method, mcp.server, mcp.tool, outcome].filter((word) => word).join(' ');
  const time = paint(out, 'dim', new Date(ts).toISOString());
  return visible(`${String(index).padStart(8)}  `) + time + visible(`  ${kind.padEnd(16)}${about}`);
}
