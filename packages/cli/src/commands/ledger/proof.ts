import { verifyProof } from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { exitOf } from './outcomes.ts';
import { keyOf, readText } from './source.ts';

/** Checks a proof that came with its entry, without the log. */
export async function checkProof(context: Context): Promise<number> {
  const { flags, out } = context;
  const result = verifyProof(await readText(String(flags.proof)), await keyOf(context));
  const exit = exitOf(result.status === 'verified' ? 'ok' : 'tampered');
  if (flags.json === true) out.json({ ...result, exit });
  else if (result.status === 'verified') {
    const { index, size, origin, leaf } = result;
    out.line(
      `${paint(out, 'green', 'Proved')}: entry ${index} of ${visible(origin)}, in the tree of ${size} entries.`,
    );
    out.line(visible(JSON.stringify(JSON.parse(leaf), null, 2)));
  } else out.note(`${paint(out, 'red', 'LEDGER_TAMPERED')} The proof does not hold: ${result.why}`);
  return exit;
}
