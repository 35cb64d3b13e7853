import { LIMITS } from '@spoor/core';
import { z } from 'zod';
import { Show } from '../../shown/show.ts';
import { askFor } from '../ask.ts';
import { CURSOR, hiddenText, PAGE, quoted, SAID, SERVICE, saidOf, WHERE } from '../fields.ts';
import { pageOf } from '../page.ts';
import { type Answer, type Call, type Tool, tool } from '../tool.ts';

const named = z.object({ names: z.array(z.string()), ...PAGE, ...SAID });

export const services: Tool = tool({
  name: 'services',
  title: 'List of all services',
  description: 'Names of all services that have traces.',
  permission: 'traces',
  input: z.object({ ...WHERE, ...CURSOR }),
  output: named,
  run: async (args, call) => {
    const { reader, ask } = askFor('services', args, call);
    return listed('services', await reader.services(ask), args.cursor, call);
  },
});

const operationsAs = (name: string): Tool =>
  tool({
    name,
    title: 'List of span names (operations) of a service',
    description: 'All span names (operations) of one service.',
    permission: 'traces',
    input: z.object({ service_name: SERVICE.describe('Service name'), ...WHERE, ...CURSOR }),
    output: named,
    run: async (args, call) => {
      const { reader, ask } = askFor('operations', args, call);
      const found = await reader.operations(args.service_name, ask);
      return listed('operations', found, args.cursor, call);
    },
  });

/** Under both names that users of the other server know it by. */
export const serviceOperations: Tool = operationsAs('service_operations');
export const serviceNames: Tool = operationsAs('service_names');

function listed(
  what: string,
  all: readonly string[],
  cursor: string | undefined,
  { masker }: Call,
): Answer<z.infer<typeof named>> {
  const show = new Show(masker);
  const { rows, ...page } = pageOf(all, cursor, LIMITS.queryRowsMax);
  const names = rows.map((name) => show.name(name));
  const more = page.cursor === undefined ? '' : `; more with cursor ${page.cursor}`;
  const head = `${page.total} ${what}${more}`;
  return {
    text: [head, ...names.map(quoted)].join('\n') + hiddenText(show.counts),
    data: { names, ...page, ...saidOf(show.counts) },
  };
}
