import { join } from 'node:path';
import { fromBase64, sipKey } from '@spoor/core';
import type { HubOptions } from '../options.ts';
import { PolicyFile } from '../policy.ts';
import type { CompiledRules } from '../rules.ts';
import type { Secrets } from '../secrets.ts';
import type { DecisionsOptions } from './decisions.ts';
import { Exceptions } from './exceptions.ts';
import { Stops } from './stops.ts';

/** What the owner has said of decisions, each in a file of the state folder. */
export interface Owner {
  readonly policy: PolicyFile;
  readonly stops: Stops;
  readonly exceptions: Exceptions;
  /** Does any rule mask results? Whether it acts is the policy's, which may change. */
  readonly masksResults: boolean;
  /** Client programs, by the names of their processes, that may ask their user. */
  readonly elicit: readonly string[];
}

/** Throws CONFIG_UNREADABLE or CONFIG_BAD_VALUE where a file cannot be believed. */
export const readOwner = (
  { home, mode, fail, elicit = [], say }: HubOptions,
  { rules }: CompiledRules,
  { definitionKey }: Secrets,
): Owner => ({
  policy: new PolicyFile(join(home.folder, 'policy.json'), mode, fail),
  stops: new Stops(home.stops),
  elicit,
  masksResults: rules.rules.some(({ mask }) => mask?.result !== undefined),
  exceptions: new Exceptions({
    path: home.exceptions,
    ofRules: rules.rules.flatMap((rule) => rule.exceptions),
    key: sipKey(fromBase64(definitionKey) ?? new Uint8Array(16)),
    say,
  }),
});

type Said = Pick<
  DecisionsOptions,
  'policy' | 'stopOf' | 'exceptionOf' | 'defer' | 'masksResults' | 'elicits'
>;

/** As decisions ask for it. */
export const saidOf = ({ policy, stops, exceptions, masksResults, elicit }: Owner): Said => ({
  // Clients of a gateway choose their names themselves.
  elicits: ({ hello }) => hello.sensor.kind === 'wrapper' && elicit.includes(hello.host.name),
  masksResults,
  defer: (session, decision) => stops.deferred(session, decision),
  policy: () => policy.policy,
  stopOf: (connection, { principal }) => stops.of(connection, principal),
  exceptionOf: (rule, observation) => exceptions.of(rule, observation),
});
