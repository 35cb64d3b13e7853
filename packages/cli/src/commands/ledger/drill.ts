import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError, systemClock, systemRandom } from '@spoor/core';
import { drill } from '@spoor/ledger';
import type { Context } from '../../command.ts';
import { paint } from '../../output.ts';
import { exitOf } from './outcomes.ts';

/** Tampers with a log of its own, in a temporary folder. */
export async function runDrill({ flags, out }: Context): Promise<number> {
  const entries = Number(flags.entries ?? 100);
  if (!Number.isSafeInteger(entries) || entries < 4 || entries > 200)
    throw new CodedError('USAGE', '--entries takes 4 to 200');
  const folder = await mkdtemp(join(tmpdir(), 'spoor-drill-'));
  try {
    const rows = await drill({ folder, entries, clock: systemClock, random: systemRandom });
    if (flags.json === true) out.json(rows);
    else {
      for (const { attack, expected, tried, found } of rows) {
        const ok = found === tried;
        out.line(
          `${paint(out, ok ? 'green' : 'red', `${found} of ${tried}`)} ${expected}: ${attack}`,
        );
      }
    }
    return exitOf(rows.every(({ tried, found }) => found === tried) ? 'ok' : 'tampered');
  } finally {
    await rm(folder, { recursive: true });
  }
}
