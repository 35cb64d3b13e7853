import type { Node } from '@babel/types';
import { argument, type Call } from '../flow/context.ts';
import { type At, rawOf } from '../flow/machine.ts';
import { ofKind, type Value } from '../flow/value.ts';

const FLAT = 'source-flat-sampler';
const PARENT = 'source-parent-sampler';

/** Samplers of the SDK: what they do alone, until something stands around them. */
export function samplerMade(call: Call, at: At): Value | undefined {
  if (!/[sS]ampler|Based$/.test(call.name)) return undefined;
  if (!call.isNew && !/^create\w*(?:Sampler|Probability)/.test(call.name)) return undefined;
  at.machine.look(PARENT);
  if (/^TraceIdRatioBased(?:Sampler)?$/.test(call.name)) return ratio(call, at);
  if (/^AlwaysOffSampler$/.test(call.name)) return dropping(call, 'off-sampler', at, 'nothing');
  if (/^AlwaysOnSampler$/.test(call.name)) {
    at.machine.look(FLAT);
    return ofKind('on-sampler');
  }
  if (/^ParentBased(?:Sampler)?$/.test(call.name)) return parentBased(call, at);
  return /[sS]ampler$/.test(call.name) ? wrapping(call) : undefined;
}

/** Whatever stands within a sampler that decides by itself is its business. */
function wrapping(call: Call): undefined {
  for (const arg of call.args) {
    arg.wrapped = true;
    for (const field of arg.fields?.values() ?? []) field.wrapped = true;
  }
  return undefined;
}

function ratio(call: Call, at: At): Value {
  const share = argument(call, 0).constants?.[0];
  if (share === 1) return ofKind('on-sampler');
  const part = typeof share === 'number' ? `${Math.round(share * 1000) / 10} %` : 'a part';
  return dropping(call, 'ratio-sampler', at, part);
}

function dropping(call: Call, kind: 'ratio-sampler' | 'off-sampler', at: At, part: string): Value {
  at.machine.look(FLAT);
  const value = ofKind(kind);
  const kept = part === 'nothing' ? 'No span is kept' : `Only ${part} of all spans is kept`;
  const what = `${kept}, failures and rejections included`;
  if (!at.frame.decides) at.machine.samplers.push({ value, raw: rawOf(FLAT, call.node, at, what) });
  return value;
}

const SLOTS = ['remoteParentSampled', 'remoteParentNotSampled'] as const;

/** Without samplers of its own for remote parents, the client's flag decides. */
function parentBased(call: Call, at: At): Value {
  at.machine.look(PARENT);
  const fields = argument(call, 0).fields;
  for (const name of ['localParentSampled', 'localParentNotSampled', 'remoteParentNotSampled']) {
    const slot = fields?.get(name);
    if (slot?.kind === 'off-sampler') slot.wrapped = true;
  }
  const open = at.frame.decides ? [] : SLOTS.filter((name) => follows(name, fields?.get(name)));
  if (open.length > 0)
    at.machine.report(PARENT, call.node, at, `A client's sampled flag decides: ${open.join(', ')}`);
  const root = fields?.get('root');
  return root?.kind === undefined ? { labels: 0 } : { ...root };
}

const follows = (name: (typeof SLOTS)[number], sampler: Value | undefined): boolean =>
  sampler === undefined ||
  sampler.kind === (name === 'remoteParentSampled' ? 'on-sampler' : 'off-sampler');

/** Shares by number, as vendors' set-ups take them. */
export function samplerOptions(call: Call, at: At): void {
  if (!/^(?:init|initialize|register|configure|start)$/.test(call.name)) return;
  const fields = argument(call, 0).fields;
  const rate = fields?.get('tracesSampleRate') ?? fields?.get('samplingRate');
  if (rate === undefined || fields?.has('tracesSampler') === true) return;
  at.machine.look(FLAT);
  const share = rate.constants?.find((one) => typeof one === 'number');
  if (share !== undefined && share < 1) report(call.node, share, at);
}

const report = (node: Node, share: number, at: At): void =>
  at.machine.report(
    FLAT,
    node,
    at,
    `Only ${Math.round(share * 1000) / 10} % of all spans is kept, failures and rejections included`,
  );
