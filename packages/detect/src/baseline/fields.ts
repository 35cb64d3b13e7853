import type { BaselineFacts, Observation } from '@spoor/core';
import type { Field } from '../schema.ts';
import { listed, timesOf } from './words.ts';

const baseline = ({ facts }: Observation): Partial<BaselineFacts> => facts.baseline ?? {};
const toolOf = ({ tool }: Observation): string => `\`${tool?.name ?? ''}\``;
const callsOf = (o: Observation): string => `in ${baseline(o).calls ?? 0} calls`;

const NONE: readonly string[] = [];

/** Fields of how a call differs from what is usual for its tool. */
export const BASELINE_FIELDS: readonly Field<Observation>[] = [
  {
    name: 'baseline.state',
    type: 'string',
    about:
      'Whether the baseline of the tool is `learning`, `locked`, or there is none (`untracked`).',
    get: (o) => baseline(o).state,
  },
  {
    name: 'baseline.calls',
    type: 'number',
    about: 'Calls that the baseline was learned from.',
    get: (o) => baseline(o).calls,
  },
  {
    name: 'baseline.new_keys',
    type: 'strings',
    about: 'Argument paths that the tool was never called with.',
    get: (o) => baseline(o).newKeys ?? NONE,
    words: (o) =>
      `argument ${listed(baseline(o).newKeys)} of ${toolOf(o)} was never used ${callsOf(o)}`,
  },
  {
    name: 'baseline.new_types',
    type: 'strings',
    about: 'Argument paths with a type that they never had, such as `limit:string`.',
    get: (o) => baseline(o).newTypes ?? NONE,
    words: (o) =>
      `argument ${listed(baseline(o).newTypes)} of ${toolOf(o)} never had this type ${callsOf(o)}`,
  },
  {
    name: 'baseline.undeclared_keys',
    type: 'strings',
    about: "Arguments that the tool's input schema does not declare.",
    get: (o) => baseline(o).undeclaredKeys ?? NONE,
    words: (o) =>
      `the schema of ${toolOf(o)} declares no argument ${listed(baseline(o).undeclaredKeys)}`,
  },
  {
    name: 'baseline.size_factor',
    type: 'number',
    about: 'How many times larger an argument is than the largest seen, where it is larger.',
    get: (o) => baseline(o).size?.factor,
    words: (o) => {
      const { path = '', bytes = 0, factor = 1 } = baseline(o).size ?? {};
      const size = `argument ${listed([path])} of ${toolOf(o)} has ${bytes} bytes`;
      return `${size}, ${timesOf(factor)} the most seen ${callsOf(o)}`;
    },
  },
  {
    name: 'baseline.new_destinations',
    type: 'number',
    about: 'Number of destinations in the arguments that the tool never sent to.',
    get: (o) => baseline(o).newDestinations,
    words: (o) => {
      const fresh = baseline(o).newDestinations ?? 0;
      return `${toolOf(o)} never sent to ${fresh} of its destinations ${callsOf(o)}`;
    },
  },
  {
    name: 'baseline.destination_novelty',
    type: 'number',
    about: 'With new destinations: share of the learned calls that went to a new one, 0 to 1.',
    get: (o) => baseline(o).destinationNovelty,
  },
  {
    name: 'baseline.rate_factor',
    type: 'number',
    about: 'Calls in a minute by this principal over the most seen, where they are more.',
    get: (o) => baseline(o).rate?.factor,
    words: (o) => {
      const { perMinute = 0, factor = 1 } = baseline(o).rate ?? {};
      return `${perMinute} calls of ${toolOf(o)} in a minute, ${timesOf(factor)} what is usual`;
    },
  },
  {
    name: 'baseline.unusual_hour',
    type: 'number',
    about: 'Hour of the day (UTC) in which this principal never used the tool, nor in the next.',
    get: (o) => baseline(o).unusualHour,
    words: (o) => {
      const hour = baseline(o).unusualHour ?? 0;
      return `${toolOf(o)} was never used about ${hour} o'clock (UTC) ${callsOf(o)}`;
    },
  },
];
