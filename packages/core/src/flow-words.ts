import type { FlowEdge, FlowKind } from './observation.ts';

/** How a flow was found, as what follows “came from …”; nothing where the values are equal. */
const KIND_WORDS: Readonly<Record<FlowKind, string>> = {
  exact: '',
  decoded: ', in an encoding',
  window: ', as a passage in other text',
  part: ', in part',
  split: ', in parts',
  spaced: ', with marks or spaces between',
  reversed: ', backwards',
  rotated: ', turned by 13 letters',
};

export const flowKindWords = (kind: FlowKind = 'exact'): string => KIND_WORDS[kind];

/**
 * A flow as a sentence: “argument `to` of `send_money` came from line 3 of the result of
 * `read_file`; the user’s prompt does not contain it”.
 *
 * @param tool that was called
 * @param prompted is a prompt of the user known?
 */
export function flowInWords(edge: FlowEdge, tool: string, prompted: boolean): string {
  const to = edge.to === '' ? 'the arguments' : `argument \`${edge.to}\``;
  const from = `${placeInWords(edge.field)} of the result of \`${edge.tool}\``;
  const said = prompted
    ? `; the user’s prompt ${edge.inIntent ? 'contains it' : 'does not contain it'}`
    : '';
  return `${to} of \`${tool}\` came from ${from}${flowKindWords(edge.kind)}${said}`;
}

/** Most results are one text, and their lines are all that is to be told apart. */
function placeInWords(field: string): string {
  const [, path = field, line] = /^(.*):(\d+)$/.exec(field) ?? [];
  const isText = path === 'content[0].text' || path === '';
  if (line === undefined) return isText ? 'the text' : `\`${path}\``;
  return isText ? `line ${line}` : `line ${line} of \`${path}\``;
}
