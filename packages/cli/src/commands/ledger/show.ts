import type { Context } from '../../command.ts';
import { visible } from '../../output.ts';
import { indexOf, leafAt } from './source.ts';

export async function show(context: Context): Promise<number> {
  const leaf = await leafAt(context, indexOf(context));
  if (context.flags.json === true) context.out.line(leaf);
  else context.out.line(visible(JSON.stringify(JSON.parse(leaf), null, 2)));
  return 0;
}
