import type { BaselineFacts, CallId, Observation } from '@spoor/core';
import { examine } from '../../src/index.ts';
import { digest, KEY, Scenario, START_MS } from '../support/scenario.ts';

const [template] = new Scenario().add({ kind: 'tool.call', outcome: 'pending' }).observations;

export interface Calling {
  readonly tool?: string;
  readonly atMs?: number;
  readonly principal?: string;
  readonly session?: string;
}

let calls = 0;

/** A call that is asked for, with the facts that a sensor would find. */
export function call(args: unknown, calling: Calling = {}): Observation {
  const { tool = 'send_email', atMs = START_MS, principal = 'p1', session = 's1' } = calling;
  if (template === undefined) throw new Error('Impossible: the scenario has one observation');
  const bytes = JSON.stringify(args).length;
  const request = examine(args, bytes, { key: KEY, digest, role: 'arguments', shared: KEY });
  calls++;
  return {
    ...template,
    id: `call-${calls}` as CallId,
    seq: calls,
    time: { startMs: atMs, hubMs: atMs },
    server: { name: 'mail', transport: 'stdio' },
    tool: { name: tool, labels: [] },
    principal: { ...template.principal, pseudonym: principal },
    session: { ...template.session, id: session as Observation['session']['id'] },
    facts: { request, flows: [] },
  };
}

/** What differs, without what is always there. */
export function news(facts: BaselineFacts | undefined): Partial<BaselineFacts> {
  const { state: _, calls: __, ...rest } = facts ?? { state: 'untracked', calls: 0 };
  return rest;
}
