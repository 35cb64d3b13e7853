import type { Alert, PathStep } from '@spoor/core';
import { countText, dateTimeText, listText } from './words.ts';

/** What happened, in one sentence that rests on the stored evidence alone. */
export function whatHappened(alert: Alert): string {
  const { path, everywhere } = alert.detection;
  const last = path.at(-1);
  // The title says it: no single call is what is wrong.
  if (last === undefined || everywhere) return `${alert.title}.`;
  const call = callWords(last);
  const times = alert.count > 1 ? ` This happened ${alert.count} times.` : '';
  const noun = last.tool === '' ? 'request' : 'call';
  if (path.length === 1) return `A ${noun} to ${call} ${ending(alert)}.${times}`;
  const servers = [...new Set(path.map((step) => step.server))];
  const where = servers.length > 1 ? `across ${listText(servers)}` : `on ${servers[0] ?? ''}`;
  const steps = countText(path.length, 'step');
  return `${steps} ${where} led to ${call}, which ${ending(alert)}.${times}`;
}

/** Where a step went; a request that is for no tool goes to the server. */
const callWords = ({ server, tool }: PathStep): string =>
  tool === '' ? server : `${server} › ${tool}`;

function ending(alert: Alert): string {
  if (alert.action === 'deny') return 'was denied';
  if (alert.wanted === 'allow' || alert.wanted === alert.action) return 'went on';
  return `went on; enforced, the answer would be “${alert.wanted}”`;
}

/** What Spoor did about it. */
export function whatWeDid(alert: Alert): readonly string[] {
  // An alert without calls is about how things stand.
  if (alert.detection.path.length === 0) return ['Nothing: Spoor changes nothing unasked.'];
  const call = alert.detection.path.at(-1)?.tool === '' ? 'request' : 'call';
  const did = {
    deny: `The last ${call} was denied: it never reached the server.`,
    ask: `The ${call} was held until somebody answers.`,
    defer: `The ${call} was put off.`,
    modify: `The ${call} went on with the named parts rewritten.`,
    allow:
      alert.wanted === 'allow'
        ? `The ${call} went on: this rule only alerts.`
        : `The ${call} went on: the rule wants “${alert.wanted}”, but is only observing.`,
  }[alert.action];
  const entry = alert.ledgerIndex;
  if (entry === undefined) return [did];
  return [did, `It is entry ${entry.toLocaleString('en')} of the ledger.`];
}

export const seenText = (alert: Alert): string =>
  alert.count === 1
    ? `seen once, ${dateTimeText(alert.lastMs)}`
    : `seen ${alert.count} times, first ${dateTimeText(alert.firstMs)}`;
