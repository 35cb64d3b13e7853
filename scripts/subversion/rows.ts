/** Features of every call of a trajectory, by the code that the product runs. */
import { type CallId, newCallId, type Observation, type Random, sipHash } from '@spoor/core';
import {
  NO_CAUSE,
  type SenseContext,
  senseIntent,
  senseRequest,
  senseResponse,
} from '@spoor/detect/sense';
import { addWording, FEATURES, lookAt, newSessionWording } from '@spoor/detect/subversion';
import { type Catalog, type Mode, resultOf, type Trajectory, turnsOf } from './recorded.ts';

const PRINT = [1, 2, 3, 4] as const;
const digest = (text: string): string => sipHash(PRINT, text);
const random: Random = { bytes: (length) => new Uint8Array(length).fill(7) };

export function rowsOf(row: Trajectory, mode: Mode, catalog: Catalog): number[][] {
  const memory = newSessionWording();
  const tools = catalog.get(`${row.dataset}/${row.suite}`) ?? [];
  const turns = [...turnsOf(row)];
  const context: SenseContext = {
    keys: { print: PRINT, digest, definitionDigest: digest, short: digest },
    project: false,
    random,
    nowMs: 0,
    descriptions: new Map(tools.map(({ name, description = '' }) => [name, description])),
  };
  const take = (observation: Pick<Observation, 'kind' | 'facts' | 'tool' | 'id' | 'method'>) =>
    addWording(memory, observation);
  return row.calls.map((call) => {
    while (turns[0] !== undefined && turns[0].before_seq <= call.seq) {
      const request = senseIntent(turns.shift()?.text ?? '', context);
      take({ kind: 'intent', facts: { request, flows: [] }, id: idOf(), method: '' });
    }
    const params = { name: call.tool, arguments: call.args ?? {} };
    const request = { kind: 'request', id: 1, method: 'tools/call', params } as const;
    const sensed = senseRequest(request, 'tool.call', 0, NO_CAUSE, context);
    const features = lookAt(memory, call.tool, sensed.request?.wording ?? '')?.features;
    const content = [{ type: 'text', text: resultOf(row, call, mode) }];
    const { result } = senseResponse(
      sensed,
      { kind: 'response', id: 1, result: { content } },
      0,
      context,
    );
    take({
      kind: 'tool.call',
      facts: {
        ...(sensed.request && { request: sensed.request }),
        ...(result && { result }),
        flows: [],
      },
      tool: { name: call.tool, labels: [] },
      id: idOf(),
      method: 'tools/call',
    });
    return FEATURES.map(({ name }) => features?.[name] ?? 0);
  });
}

const idOf = (): CallId => newCallId(0, random);
