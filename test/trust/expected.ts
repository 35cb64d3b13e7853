import type { Carrier, ContextPolicy, Crossing } from '@spoor/core';
import type { TrustCase } from './cases.ts';

/** One crossing from a client to a server, as every transport is tried. */
export interface Setting {
  readonly client: ContextPolicy;
  readonly server: ContextPolicy;
  /** Rules for baggage, both ways: all of it, or none. */
  readonly baggage: 'keep *' | '';
}

/** Transports that have a trust boundary; `transports.ts` has one of each. */
export const TRANSPORT_NAMES = ['the stdio wrapper', 'the gateway'] as const;

/** What came of it. */
export interface Crossed {
  /** What the server got. */
  readonly got: Carrier;
  /** What the hub was told. */
  readonly told: Crossing;
}

/** The same of every transport: the table that `docs/trust.md` shows. */
export interface Expected {
  readonly believed: 'parent' | 'link' | 'nothing';
  readonly sent: 'goes on' | 'fresh ids' | 'nothing';
  readonly state: boolean;
  readonly baggage: string | undefined;
}

const BELIEVED = { continue: 'parent', 'restart-link': 'link', drop: 'nothing' } as const;

export function expected(one: TrustCase, { client, server, baggage }: Setting): Expected {
  const goesOn = client === 'continue' && server === 'continue';
  return {
    believed: one.valid ? BELIEVED[client] : 'nothing',
    sent: !one.valid || server === 'drop' ? 'nothing' : goesOn ? 'goes on' : 'fresh ids',
    state: one.valid && goesOn && one.state === true,
    baggage: baggage === 'keep *' ? one.baggage : undefined,
  };
}
