import {
  type Decision,
  type IdentityEvidence,
  type Mode,
  systemClock,
  systemRandom,
} from '@spoor/core';
import { ownKeys } from '@spoor/edge/keys';
import type { Begun, Sensed } from '@spoor/edge/wire';
import type { HubPort } from '../src/hubport.ts';
import { Relay } from '../src/relay.ts';

/** A hub that answers as a test tells it to. */
export interface TestHub extends HubPort {
  readonly begun: Sensed[];
  readonly ended: Sensed[];
  /** What came of who asks, in the order of the first words. */
  readonly evidence: (IdentityEvidence | undefined)[];
}

export interface Answers {
  readonly mode?: Mode;
  readonly hold?: (observation: Sensed) => boolean;
  readonly deny?: (observation: Sensed) => boolean;
  /** What a person says, of calls that ask. */
  readonly person?: (observation: Sensed) => Promise<boolean> | undefined;
  /** Awaited before each answer. */
  readonly wait?: () => Promise<void>;
}

const decision = (deny: boolean, mode: Mode): Decision => ({
  action: deny ? 'deny' : 'allow',
  wanted: deny ? 'deny' : 'allow',
  rule: deny ? 'a-rule' : '',
  reason: deny ? 'rule' : 'default',
  ...(deny ? { case: 'c-bcdfghjkmn' as NonNullable<Decision['case']> } : {}),
  mode,
  by: 'hub',
});

export function testHub({ mode = 'observe', hold, deny, person, wait }: Answers = {}): TestHub {
  const begun: Sensed[] = [];
  const ended: Sensed[] = [];
  const evidence: (IdentityEvidence | undefined)[] = [];
  return {
    ready: undefined,
    asked: undefined,
    keys: ownKeys(),
    project: true,
    mode,
    enforces: mode === 'enforce',
    begun,
    ended,
    evidence,
    known: () => undefined,
    tell: async (op, observation, _sealed, _labels, identity) => {
      (op === 'begin' ? begun : ended).push(observation);
      evidence.push(identity);
    },
    seal: () => [],
    begin: async (observation, _sealed, onAsk, identity): Promise<Begun> => {
      begun.push(observation);
      evidence.push(identity);
      await wait?.();
      const asked = person?.(observation);
      if (asked !== undefined) onAsk?.();
      const denied = asked === undefined ? (deny?.(observation) ?? false) : !(await asked);
      return { decision: decision(denied, mode), labels: [], hold: hold?.(observation) ?? false };
    },
    end: async (observation) => {
      await wait?.();
      ended.push(observation);
      return { decision: decision(false, mode) };
    },
  };
}

export function testRelay(hub: HubPort): {
  readonly relay: Relay;
  readonly toServer: () => string;
  readonly toClient: () => string;
} {
  const server: Uint8Array[] = [];
  const client: Uint8Array[] = [];
  const relay = new Relay({
    toServer: (bytes) => server.push(bytes),
    toClient: (bytes) => client.push(bytes),
    hub,
    clock: systemClock,
    random: systemRandom,
  });
  // Latin-1 shows every byte as one character, so that no comparison loses invalid UTF-8.
  return {
    relay,
    toServer: () => Buffer.concat(server).toString('latin1'),
    toClient: () => Buffer.concat(client).toString('latin1'),
  };
}
