import type { DefinitionWord, PinView } from '@spoor/core';
import { hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { visible } from '../../output.ts';
import { saidBy } from '../../said.ts';
import { namedTool } from './find.ts';

export const pin = (context: Context): Promise<number> => say(context, 'pin');
export const approve = (context: Context): Promise<number> => say(context, 'approve');
export const block = (context: Context): Promise<number> => say(context, 'block');

const DONE: Readonly<Record<DefinitionWord, string>> = {
  pin: 'Pinned',
  approve: 'Approved',
  block: 'Blocked',
};

/** The word is bound to the definition that was there when it was looked up. */
async function say(context: Context, word: DefinitionWord): Promise<number> {
  const { flags, home, out } = context;
  const { server, tool } = await namedTool(context);
  const view = await hubApi(home).post<PinView>('/api/v1/definitions', {
    server,
    tool: tool.name,
    word,
    digest: tool.pin.digest,
    ...saidBy(flags),
  });
  if (flags.json === true) out.json({ server, tool: tool.name, ...view });
  else out.line(`${DONE[word]}: ${visible(`${server} ${tool.name}`)}, definition ${view.digest}`);
  return 0;
}
