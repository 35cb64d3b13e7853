import type { Observation, ToolDefinitionFacts } from '@spoor/core';
import { listed } from '../baseline/words.ts';
import type { Field } from '../schema.ts';

const tools = (o: Observation): readonly ToolDefinitionFacts[] => o.facts.definitions?.tools ?? [];

/** Something that tools of a list have; evidence says which of them. */
function have(
  name: string,
  about: string,
  of: (tool: ToolDefinitionFacts) => readonly string[],
  shown: (value: string) => boolean = () => true,
): Field<Observation> {
  const valuesOf = (o: Observation): readonly string[] => [...new Set(tools(o).flatMap(of))];
  const named = (o: Observation, value: string): string =>
    listed(tools(o).flatMap((tool) => (of(tool).includes(value) ? [tool.name] : [])));
  return {
    name,
    type: 'strings',
    about,
    get: valuesOf,
    words: (o) =>
      valuesOf(o)
        .filter(shown)
        .map((value) => `${value} (${named(o, value)})`)
        .join(', '),
  };
}

function anyIs(
  name: string,
  about: string,
  of: (tool: ToolDefinitionFacts) => boolean,
): Field<Observation> {
  return {
    name,
    type: 'boolean',
    about,
    get: (o) => tools(o).some(of),
    words: (o) => listed(tools(o).flatMap((tool) => (of(tool) ? [tool.name] : []))) || 'false',
  };
}

/** What a rule may ask of a list of definitions. */
export const DEFINITION_FIELDS: readonly Field<Observation>[] = [
  have(
    'definition.change',
    'Changes in a definition list: `new`, `changed`, `removed`, `same`.',
    ({ change }) => (change === undefined ? [] : [change]),
    (value) => value !== 'same',
  ),
  anyIs(
    'definition.hidden_text',
    'A definition holds invisible characters.',
    ({ hiddenText }) => hiddenText,
  ),
  anyIs(
    'definition.instruction_like',
    'A definition holds text addressed to an assistant.',
    ({ instructionLike }) => instructionLike,
  ),
  have(
    'definition.poison',
    'Signs that a definition gives orders which its purpose does not explain.',
    ({ poison = [] }) => poison,
  ),
  have(
    'definition.shadows',
    'Tools of other servers, as `server/tool`, that a definition speaks of.',
    ({ shadows = [] }) => shadows,
  ),
  have(
    'definition.collision',
    'A new or changed tool has the name of a tool of another server (`same`), or one that passes for it (`confusable`).',
    ({ collision }) => (collision === undefined ? [] : [collision.kind]),
  ),
  {
    name: 'definition.partial',
    type: 'boolean',
    about: 'The list was cut by pagination.',
    get: (o) => o.facts.definitions?.partial ?? false,
  },
];
