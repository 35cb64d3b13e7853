import type { Observation } from '@spoor/core';
import { Scenario, text } from '../scenario.ts';
import { TOOLS } from '../tools.ts';
import type { Traces } from './traces.ts';

/** Calls of the same tool with other arguments, that all fail. */
function failing(count: number, errorType: string, argOf: (i: number) => string): Scenario {
  const scenario = new Scenario();
  const outcome = errorType === 'tool_error' ? 'tool_error' : 'protocol_error';
  for (let i = 0; i < count; i++) {
    scenario
      .call('files', TOOLS.readFile, { path: argOf(i) }, text('no'), 10, outcome)
      .but({ errorType })
      .wait(1_000);
  }
  return scenario;
}

function resources(count: number, everyMs: number): Scenario {
  const scenario = new Scenario();
  for (let i = 0; i < count; i++) {
    const read: Partial<Observation> = {
      kind: 'resource.read',
      method: 'resources/read',
      server: { name: 'docs', transport: 'stdio' },
      resource: `file:${i.toString(16).padStart(8, '0')}`,
    };
    scenario.add(read).wait(everyMs);
  }
  return scenario;
}

const lists = (path: string): Scenario =>
  new Scenario().withContent().call('files', TOOLS.listFolder, { path });

const KEY_FILE = '/home/me/.ssh/id_ed25519';
const search = (first: string, then: string): Scenario =>
  lists(first).call('files', TOOLS.readFile, { path: then });

export const DISCOVERY: Traces = {
  'discovery/tool-probing.guesses': () => failing(10, '-32602', (i) => `p${i}`),
  'discovery/tool-probing.internal': () => failing(10, '-32603', (i) => `p${i}`),
  'discovery/argument-fuzzing.search': () =>
    failing(15, 'tool_error', (i) => `/data/${'../'.repeat(i)}x`),
  'discovery/argument-fuzzing.retry': () => failing(15, 'tool_error', () => '/data/report.txt'),
  'discovery/resource-enumeration.all': () => resources(40, 1_000),
  'discovery/resource-enumeration.slow': () => resources(40, 20_000),
  'discovery/search-for-credentials.root': () => search('/', KEY_FILE),
  'discovery/search-for-credentials.project': () => search('/home/me/shop', KEY_FILE),
  'discovery/search-for-credentials.other-file': () => search('/', '/home/me/shop/main.ts'),
  'discovery/root-listing.root': () => lists('/'),
  'discovery/root-listing.project': () => lists('/home/me/shop'),
};
