import { CONTEXT_POLICIES, parseTraceparent } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { verifies } from '../verifies.ts';
import { MARK, TRUST_CASES, type TrustCase } from './cases.ts';
import { type Crossed, expected, type Setting } from './expected.ts';
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

  expect(told.traceparent).toEqual(wanted.believed === 'parent' ? came : undefined);
  expect(told.link).toEqual(wanted.believed === 'link' ? came : undefined);
  expect(told.sampledHint).toBeUndefined();

  if (wanted.sent === 'nothing') expect(got).not.toHaveProperty('traceparent');
  if (wanted.sent === 'goes on') expect(went?.trace).toBe(came?.trace);
  if (wanted.sent === 'fresh ids') {
    expect(went?.trace).not.toBe(came?.trace);
    expect(went?.parent).not.toBe(came?.parent);
  }
  // What was given is told, so that it can be mapped; and only that.
  expect(told.given).toEqual(wanted.sent === 'fresh ids' ? went : undefined);

  expect(got.tracestate).toBe(wanted.state ? one.carrier.tracestate : undefined);
  expect(got.baggage).toBe(wanted.baggage);
  if (!wanted.state && wanted.baggage === undefined && wanted.sent !== 'goes on') {
    expect(JSON.stringify(got)).not.toContain(MARK);
  }
}

for (const { name, cross } of TRANSPORTS) {
  describe(name, () => {
    for (const one of TRUST_CASES) {
      verifies(
        'trust:table',
        async () => {
          for (const setting of SETTINGS) check(one, setting, await cross(one.carrier, setting));
        },
        { case: `${name}: ${one.name}` },
      );
    }

    it('has never given the same ids twice', async () => {
      const carrier = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
      const setting: Setting = { client: 'continue', server: 'restart-link', baggage: '' };
      const given = new Set<string | undefined>();
      for (let i = 0; i < 50; i++) given.add((await cross(carrier, setting)).told.given?.trace);
      expect(given.size).toBe(50);
    });
  });
}
