import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fsck as look, nodeDisk } from '@spoor/ledger';
import type { VerifyResult } from '@spoor/ledger/verify';
import type { Context, Output } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { exitOf } from './outcomes.ts';
import { outcomeOf, tellPayloads } from './payloads.ts';
import { prunedWords } from './pruned.ts';
import { dirOf } from './source.ts';
import { trustOf } from './trust.ts';

/** Best while no hub runs: a running one has files that come and go. Nothing is changed. */
export async function fsck(context: Context): Promise<number> {
  const { flags, out } = context;
  const dir = dirOf(context);
  const stateDir = join(dir, '..', 'ledger-state');
  const progress = process.stderr.isTTY && flags.json !== true;
  const { verifierKey, former = [] } = await trustOf(context);
  const report = await look({
    disk: nodeDisk,
    dir,
    ...(existsSync(stateDir) ? { stateDir } : {}),
    verifierKey,
    former,
    ...(progress
      ? { onProgress: (done, size) => void process.stderr.write(`\r${done} of ${size} entries `) }
      : {}),
  });
  if (progress) process.stderr.write('\r\x1b[K');
  const { findings, payloads, waiting, result } = report;
  const isBad = findings.some(({ kind }) => kind === 'bad');
  const status = isBad ? 'tampered' : outcomeOf(result, payloads);
  // Whether somebody else vouches for the length is no question of files.
  const exit = exitOf(status === 'unwitnessed' ? 'ok' : status);
  if (flags.json === true) {
    out.json({
      status,
      findings,
      payloads,
      waiting,
      ...('size' in result ? { size: result.size } : {}),
      exit,
    });
    return exit;
  }
  for (const { kind, path, why } of findings) {
    out.line(
      `${paint(out, kind === 'bad' ? 'red' : 'yellow', kind.padEnd(6))} ${visible(path)}: ${why}`,
    );
  }
  tellGone(out, result);
  tellPayloads(out, payloads);
  if (waiting > 0) out.line(`${waiting} entries are durable and not published yet.`);
  if (exit === 0) out.line(`${paint(out, 'green', 'Sound')}: every file is what it should be.`);
  return exit;
}

function tellGone(out: Output, result: VerifyResult): void {
  if ('pruned' in result && result.pruned !== undefined) {
    out.note(`${prunedWords(result.pruned)}.`);
  }
}
