import { type Alert, type Decision, type Detection, type Random, uuidv7 } from '@spoor/core';
import type { DetectionRecord } from './bus.ts';
import type { Store } from './store/store.ts';

/**
 * Groups detections of one rule on one group of one session into one alert, which keeps the newest
 * evidence whole.
 */
export function raise(store: Store, record: DetectionRecord, random: Random): Alert {
  const { detection, decision, ledgerIndex, leafHash, checkpoint } = record;
  const print = fingerprint(detection);
  const known = store.alertByFingerprint(print);
  const alert: Alert = {
    ...(known === undefined ? fresh(detection, random) : lasting(known)),
    rule: detection.rule,
    ...statusOf(detection, known),
    lastMs: detection.atMs,
    count: (known?.count ?? 0) + 1,
    ...actionOf(decision),
    detection,
    ...(ledgerIndex === undefined ? {} : { ledgerIndex }),
    ...(leafHash === undefined ? {} : { leafHash }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
  store.saveAlert(alert, print);
  return alert;
}

const fingerprint = ({ rule, session, group, everywhere }: Detection): string =>
  JSON.stringify([rule.id, everywhere ? '' : session, Object.entries(group).sort()]);

/** What the owner has excepted is recorded, and is no news to anybody. */
function statusOf(
  { exception }: Detection,
  known: Alert | undefined,
): Pick<Alert, 'status' | 'dismissedReason'> {
  if (exception === undefined) return { status: statusAfter(known?.status) };
  if (known === undefined || known.status === 'dismissed')
    return { status: 'dismissed', dismissedReason: 'accepted risk' };
  return { status: known.status };
}

/** What a person closed comes back as new; what is being looked at stays so. */
function statusAfter(known: Alert['status'] | undefined): Alert['status'] {
  if (known === undefined || known === 'resolved' || known === 'dismissed') return 'new';
  return known === 'new' ? 'ongoing' : known;
}

const actionOf = ({
  action,
  wanted,
  case: caseId,
}: Decision): Pick<Alert, 'action' | 'wanted' | 'case'> => ({
  action,
  wanted,
  ...(caseId === undefined ? {} : { case: caseId }),
});

/**
 * What an alert keeps when it happens again: not why it was dismissed, nor the case of another
 * call.
 */
const lasting = ({
  id,
  session,
  title,
  firstMs,
}: Alert): Pick<Alert, 'id' | 'session' | 'title' | 'firstMs'> => ({
  id,
  session,
  title,
  firstMs,
});

const fresh = (
  detection: Detection,
  random: Random,
): Pick<Alert, 'id' | 'session' | 'title' | 'firstMs'> => ({
  id: uuidv7(detection.atMs, random),
  session: detection.session,
  title: titleOf(detection),
  firstMs: detection.atMs,
});

function titleOf({ rule, path, group, everywhere }: Detection): string {
  if (everywhere) return `${rule.title}: ${Object.values(group).join(', ')}`;
  const last = path.at(-1);
  if (last === undefined) return rule.title;
  return `${rule.title}: ${last.tool === '' ? '' : `${last.tool} on `}${last.server}`;
}
