import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Label, Observation } from '@spoor/core';
import type { Home } from '@spoor/edge';
import type { Leaf } from '@spoor/ledger';
import { readLeaves } from '@spoor/ledger/verify';
import { stringify } from 'yaml';
import { Maker } from '../../../edge/test/identity/maker.ts';
import type { HubOptions } from '../../src/index.ts';
import { definitionOf, hello, sensed } from '../support/build.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startHub, type TestHub, until } from '../support/hub.ts';
import { connectSensor } from '../support/sensor.ts';

/** A hub that trusts one issuer (none where `trust` is null), and a sensor with evidence. */
export interface Setting {
  readonly hub: TestHub;
  readonly maker: Maker;
  /** A call as its sensor tells it; gives the answer. */
  call(evidence?: object, part?: object): Promise<Answer>;
  /** The observations of all calls that were told, in their order. */
  calls(count: number): Promise<readonly Observation[]>;
  /** Entries of a kind. The hub is stopped for it. */
  leaves(kind: string): Promise<readonly Leaf[]>;
}

interface Answer {
  readonly id: string;
  readonly decision: { readonly action: string; readonly wanted: string; readonly rule: string };
}

const TOOL = 'pay';

export async function set(
  trust: object | null = {},
  part: Partial<HubOptions> = {},
  prepare?: (home: Home) => void,
  labels: readonly Label[] = ['financial'],
): Promise<Setting> {
  const maker = await Maker.make('Ed25519', 'i1', () => Math.floor(Date.now() / 1_000));
  const file = join(temporaryFolder(), 'trust.yml');
  writeFileSync(file, stringify({ issuers: [maker.row()], ...trust }));
  const trusting = trust === null ? {} : { identityTrustFile: file };
  const hub = await startHub({ ...trusting, ...part }, prepare);
  const sensor = await connectSensor(hub.home.socket);
  sensor.send(hello({ token: hub.token }));
  await sensor.next();
  let id = 1;
  const tell = async (message: object): Promise<Record<string, unknown>> => {
    sensor.send({ id: ++id, sealed: [], ...message });
    return sensor.next();
  };
  const list = { tools: [definitionOf(TOOL, { labels })], partial: false };
  const listed = { kind: 'tool.list', method: 'tools/list', outcome: 'ok' } as const;
  const { tool: _, ...told } = sensed({ ...listed, definitions: list, startMs: Date.now() });
  await tell({ op: 'end', observation: told });
  return {
    hub,
    maker,
    call: async (evidence, more = {}) => {
      const observation = sensed({ tool: TOOL, startMs: Date.now(), ...more });
      const identity = evidence === undefined ? {} : { identity: evidence };
      const answer = await tell({ op: 'begin', observation, ...identity });
      const { decision } = answer.ok as { decision: Answer['decision'] };
      return { id: observation.id, decision };
    },
    calls: async (count) => {
      const all = await until(
        async () => (await hub.sessions()).flatMap(({ observations }) => observations),
        (found) => found.filter(({ kind }) => kind === 'tool.call').length >= count,
      );
      return all.filter(({ kind }) => kind === 'tool.call').sort((a, b) => a.seq - b.seq);
    },
    leaves: async (kind) => {
      await hub.stop();
      const read = async (path: string): Promise<Uint8Array | undefined> =>
        readFile(join(hub.home.ledger, path)).catch(() => undefined);
      const leaves: Leaf[] = [];
      for await (const { leaf } of readLeaves({ read })) leaves.push(JSON.parse(leaf) as Leaf);
      return leaves.filter((leaf) => leaf.kind === kind);
    },
  };
}
