import type { Observation, ToolDefinitionFacts } from '@spoor/core';
import { examineTool } from '../../../src/index.ts';
import { digest, KEY, Scenario, START_MS } from '../scenario.ts';
import { TOOLS } from '../tools.ts';
import type { Traces } from './traces.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736' as Observation['trace']['trace'];

const traced = (part: Partial<Observation['trace']>): Scenario => {
  const scenario = new Scenario().call('web', TOOLS.post, {
    url: 'https://a.example.org',
    body: 'x',
  });
  const trace = scenario.observations[0]?.trace;
  return trace ? scenario.but({ trace: { ...trace, ...part } }) : scenario;
};

/** A call by whoever is given. */
const by = (who: Partial<Observation['principal']>, at = 0, session = 's1'): Scenario => {
  const scenario = new Scenario(session, START_MS + at);
  scenario.call('crm', TOOLS.mail, { to: 'desk@partner.example.net', body: `day ${at}` });
  const principal = scenario.observations[0]?.principal;
  return principal ? scenario.but({ principal: { ...principal, ...who } }) : scenario;
};

/** The same connection, calls of its own. */
const together = (...parts: readonly Scenario[]): Scenario => {
  const all = new Scenario();
  for (const [at, part] of parts.entries()) {
    for (const one of part.observations)
      all.observations.push({
        ...one,
        id: `${one.id}-${at}` as Observation['id'],
        seq: all.observations.length + 1,
      });
  }
  return all;
};

const inTrace = (scenario: Scenario): Scenario => {
  const trace = scenario.observations[0]?.trace;
  return trace ? scenario.but({ trace: { ...trace, trace: TRACE } }) : scenario;
};

const proved = (pseudonym: string): Partial<Observation['principal']> => ({
  level: 'verified',
  pseudonym,
});
const bare: Partial<Observation['principal']> = { level: 'unverified' };

const eras = (first: Observation['era'], second: Observation['era']): Scenario =>
  together(by({}).but({ era: first }), by({}, 60_000).but({ era: second }));

const frame = (errorType: string): Scenario =>
  new Scenario().add({ kind: 'system', outcome: 'protocol_error', errorType });

const list = (
  ...tools: readonly [name: string, change: NonNullable<ToolDefinitionFacts['change']>][]
): Scenario =>
  new Scenario().add({
    kind: 'tool.list',
    method: 'tools/list',
    facts: {
      flows: [],
      definitions: {
        tools: tools.map(([name, change]) => ({
          ...examineTool({ ...TOOLS.echo, name }, { key: KEY, digest, role: 'result' }),
          change,
        })),
        partial: false,
      },
    },
  });

const writes = (path: string): Scenario =>
  new Scenario()
    .withContent()
    .call('files', TOOLS.writeFile, { path, content: 'echo a good day to you all' });

const nested = (cause: Observation['cause']): Scenario =>
  new Scenario()
    .prompt('What is new?')
    .call('directory', TOOLS.roles, { user: 'ada', role: 'owner' })
    .but({ cause });

const servers = (count: number): Scenario => {
  const scenario = new Scenario();
  for (let i = 0; i < count; i++) {
    scenario.call(`crm-${i}`, TOOLS.customers, { region: 'north' }).wait(7_200_000);
  }
  return scenario;
};

export const EVASION: Traces = {
  'defense-evasion/trace-suppression.unsampled': () => traced({ sampledHint: false }),
  'defense-evasion/trace-suppression.sampled': () => traced({ sampledHint: true }),
  'defense-evasion/forged-context.malformed': () => traced({ refused: ['traceparent-invalid'] }),
  'defense-evasion/forged-context.dropped': () => traced({ refused: ['traceparent-dropped'] }),
  'defense-evasion/borrowed-trace.two': () =>
    inTrace(by(proved('p1'))).join(inTrace(by(proved('p2'), 60_000, 's2'))),
  'defense-evasion/borrowed-trace.one': () =>
    inTrace(by(proved('p1'))).join(inTrace(by(proved('p1'), 60_000, 's2'))),
  'defense-evasion/session-changes-hands.two': () =>
    together(by(proved('p1')), by(proved('p2'), 60_000)),
  'defense-evasion/session-changes-hands.one': () =>
    together(by(proved('p1')), by(proved('p1'), 60_000)),
  'defense-evasion/session-changes-client.two': () =>
    together(by({ agent: 'desk' }), by({ agent: 'robot' }, 60_000)),
  'defense-evasion/session-changes-client.one': () =>
    together(by({ agent: 'desk' }), by({ agent: 'desk' }, 60_000)),
  'defense-evasion/identity-downgrade.lost': () => together(by(proved('p1')), by(bare, 60_000)),
  'defense-evasion/identity-downgrade.gained': () => together(by(bare), by(proved('p1'), 60_000)),
  'defense-evasion/protocol-downgrade.back': () => eras('modern', 'legacy'),
  'defense-evasion/protocol-downgrade.forth': () => eras('legacy', 'modern'),
  'defense-evasion/ambiguous-frame.twice': () => frame('duplicate_key'),
  'defense-evasion/ambiguous-frame.log': () => frame('invalid_json'),
  'defense-evasion/unreadable-frame.log': () => frame('invalid_json'),
  'defense-evasion/unreadable-frame.twice': () => frame('duplicate_key'),
  'defense-evasion/unwatched-sensitive-call.alone': () => by({}).but({ covered: false }),
  'defense-evasion/unwatched-sensitive-call.together': () => by({}),
  'persistence/tool-joined-later.joined': () => list(['echo', 'same'], ['reverse', 'new']),
  'persistence/tool-joined-later.first': () => list(['echo', 'new'], ['reverse', 'new']),
  'persistence/persistence-path.profile': () => writes('/home/me/.bashrc'),
  'persistence/persistence-path.source': () => writes('/home/me/shop/main.ts'),
  'lateral-movement/nested-sensitive-call.tool': () =>
    nested({ kind: 'tool', evidence: 'containment' }),
  'lateral-movement/nested-sensitive-call.user': () => nested({ kind: 'user', evidence: 'intent' }),
  'lateral-movement/wide-reach.seven': () => servers(7),
  'lateral-movement/wide-reach.three': () => servers(3),
};
