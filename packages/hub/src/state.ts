import type { Parts } from './assemble.ts';
import type { HubState } from './bus.ts';
import { rulesView } from './rules.ts';

/** What the API shows of the deciding thread. */
export function stateOf(parts: Parts): HubState {
  const { decisions, detector, keeping, ledger, policy, rules, sensors, worker } = parts;
  return {
    policy: policy.policy,
    sensors: sensors.count,
    sealing: parts.recipients().length > 0,
    counts: {
      ...parts.counts,
      ...parts.definitions.observed.counts,
      ...parts.reports.counts,
      ...decisions.counts,
      ...sensors.counts,
      ...parts.remote.counts,
      ...parts.foreign.counts,
      ...parts.identifier.counts,
      ...worker.counts,
      ...detector.stats(),
      ...keeping.counts,
      ...parts.norms.counts,
      ...parts.remembering.counts,
      ledgerDropped: ledger.dropped,
      sensorsGoneDropped: parts.silences.dropped,
    },
    ledger: {
      origin: ledger.origin,
      size: ledger.size,
      checkpoint: ledger.published?.note ?? '',
      verifierKey: ledger.verifierKey,
      path: parts.ledgerPath,
      published: ledger.published !== undefined,
      witness: parts.witnesses.view,
    },
    rules: rulesView(rules, policy.policy),
    asks: decisions.asks,
    stops: parts.stops.views,
    exceptions: {
      rows: parts.exceptions.views(Date.now()),
      problems: parts.exceptions.problems,
    },
    leaks: parts.foreign.leaks,
    reports: parts.reports.views,
  };
}
