import { argument, type Call } from '../flow/context.ts';
import type { At } from '../flow/machine.ts';
import { exported } from './values.ts';

const INSTRUMENT = /counter|histogram|gauge|meter|metric/i;

/** Attributes of a measurement: each new value is a new series. */
export function metricValues(call: Call, at: At): void {
  const isMeasure = call.name === 'add' || call.name === 'record';
  if (!isMeasure || call.args.length < 2) return;
  if (call.receiver?.kind !== 'instrument' && !INSTRUMENT.test(call.receiverText)) return;
  const target = 'attributes of a metric';
  exported(argument(call, 1), call.node, { content: 'source-metric-values', target }, at);
}
