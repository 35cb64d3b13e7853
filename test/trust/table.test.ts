import { CONTEXT_POLICIES, parseTraceparent } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { verifies } from '../verifies.ts';
import { MARK, TRUST_CASES, type TrustCase } from './cases.ts';
import { type Crossed, expected, type Setting, TRANSPORT_NAMES } from './expected.ts';
import { TRANSPORTS } from './transports.ts';

const SETTINGS: readonly Setting[] = CONTEXT_POLICIES.flatMap((client) =>
  CONTEXT_POLICIES.flatMap((server) =>
    (['keep *', ''] as const).map((baggage) => ({ client, server, baggage })),
  ),
);

function check(one: TrustCase, setting: Setting, { got, told }: Crossed): void {
  const wanted = expected(one, setting);
  const came = parseTraceparent(one.carrier.traceparent);
  const went = parseTraceparent(got.traceparent);

  expect(told.traceparent, one.name).toEqual(wanted.believed === 'parent' ? came : undefined);
  expect(told.link, one.name).toEqual(wanted.believed === 'link' ? came : undefined);
  expect(told.sampledHint, one.name).toBeUndefined();

  if (wanted.sent === 'nothing') expect(got, one.name).not.toHaveProperty('traceparent');
  if (wanted.sent === 'goes on') expect(went?.trace, one.name).toBe(came?.trace);
  if (wanted.sent === 'fresh ids') {
    expect(went?.trace, one.name).not.toBe(came?.trace);
    expect(went?.parent, one.name).not.toBe(came?.parent);
  }
  // What was given is told, so that it can be mapped; and only that.
  expect(told.given, one.name).toEqual(wanted.sent === 'fresh ids' ? went : undefined);

  expect(got.tracestate, one.name).toBe(wanted.state ? one.carrier.tracestate : undefined);
  expect(got.baggage, one.name).toBe(wanted.baggage);
  if (!wanted.state && wanted.baggage === undefined && wanted.sent !== 'goes on') {
    expect(JSON.stringify(got), one.name).not.toContain(MARK);
  }
}

it('has a row of tests for each transport that the document names', () => {
  expect(TRANSPORTS.map(({ name }) => name)).toEqual(TRANSPORT_NAMES);
});

for (const { name, open } of TRANSPORTS) {
  describe(name, () => {
    for (const setting of SETTINGS) {
      const { client, server, baggage } = setting;
      verifies(
        'trust:table',
        async () => {
          const cross = await open(setting);
          for (const one of TRUST_CASES) check(one, setting, await cross(one.carrier));
        },
        {
          case: `${name}: client ${client}, server ${server}, baggage ${baggage || 'without rules'}`,
        },
      );
    }

    it('has never given the same ids twice', async () => {
      const carrier = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
      const cross = await open({ client: 'continue', server: 'restart-link', baggage: '' });
      const given = new Set<string | undefined>();
      for (let i = 0; i < 20; i++) given.add((await cross(carrier)).told.given?.trace);
      expect(given.size).toBe(20);
      expect(given).not.toContain(undefined);
    });
  });
}
