import { CONTEXT_POLICIES, type ContextPolicy } from '../../packages/core/src/trust.ts';
import { TRUST_CASES, type TrustCase } from '../../test/trust/cases.ts';
import { expected, TRANSPORT_NAMES } from '../../test/trust/expected.ts';
import { code, document, table } from './markdown.ts';

/** `docs/trust.md`: what each policy makes of what a peer sends. */
export function renderTrust(): string {
  return document(
    '# Trust table',
    '',
    '<!-- Generated: npm run docs -->',
    '',
    'What a forger may put on a message, and what comes of it. Every row is tried with every pair of',
    `policies on these transports: ${TRANSPORT_NAMES.join(', ')}. What the policies mean stands in`,
    '[telemetry.md](telemetry.md).',
    '',
    '## What is believed of a client, by the policy for it',
    '',
    'Flags are believed of nobody in this table: whether a peer says `sampled` or not changes nothing.',
    '',
    ...table(['Sent by the client', ...CONTEXT_POLICIES.map(code)], TRUST_CASES.map(believed)),
    '',
    '## What goes on to a server, by the policy for it',
    '',
    'From a client whose context is continued. From any other, a server that is continued gets fresh ids.',
    '',
    ...table(['Sent by the client', ...CONTEXT_POLICIES.map(code)], TRUST_CASES.map(sent)),
    '',
    '## Within a program',
    '',
    'A program with `@spoor/instrument` believes the same: every row is tried there too. Calls that it',
    'makes itself stand in its own trace, whatever came in. Under `continue` a server gets that trace,',
    'with a `tracestate` that goes on; under `restart-link` fresh ids with every call; under `drop`',
    'nothing.',
    '',
    '## What baggage goes on',
    '',
    ...table(
      ['Sent by the client', 'Without a rule', 'With `keep *`'],
      TRUST_CASES.filter(({ carrier }) => carrier.baggage !== undefined).map(baggage),
    ),
    '',
    '## What goes on of who calls',
    '',
    'Nothing, whatever the policies: `dev.spoor/identity` stays behind in both directions. A server whose',
    'owner has allowed it by name (`trust.identity`, [attest.md](attest.md)) gets it as it came.',
  );
}

const PARTS = { parent: 'parent of our span', link: 'linked', nothing: 'nothing' } as const;

const believed = (one: TrustCase): readonly string[] => [
  one.name,
  ...CONTEXT_POLICIES.map(
    (client) => PARTS[expected(one, { client, server: 'drop', baggage: '' }).believed],
  ),
];

const sent = (one: TrustCase): readonly string[] => [
  one.name,
  ...CONTEXT_POLICIES.map((server) => sentUnder(one, server)),
];

function sentUnder(one: TrustCase, server: ContextPolicy): string {
  const wanted = expected(one, { client: 'continue', server, baggage: '' });
  const dropped = one.carrier.tracestate !== undefined && !wanted.state;
  if (wanted.sent === 'goes on' && dropped) return 'goes on, without its `tracestate`';
  return wanted.state ? 'goes on, with its `tracestate`' : wanted.sent;
}

const baggage = (one: TrustCase): readonly string[] => [
  one.name,
  'nothing',
  one.baggage === undefined
    ? 'nothing'
    : one.baggage === one.carrier.baggage
      ? 'goes on'
      : 'the other members',
];
