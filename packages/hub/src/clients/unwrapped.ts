import {
  type Alert,
  type ClientsView,
  type ConfiguredServer,
  type Detection,
  type Random,
  uuidv7,
} from '@spoor/core';
import type { LiveStream } from '../api/live.ts';
import { UNWRAPPED_SERVER } from '../builtin.ts';
import { NO_SESSION } from '../everywhere.ts';
import type { Store } from '../store/store.ts';

/** More open alerts are not looked through for those that have ended. */
const OPEN_MAX = 10_000;

interface Told {
  readonly store: Store;
  readonly live: Pick<LiveStream, 'publish'>;
  readonly random: Random;
  readonly nowMs: number;
}

/**
 * Raises an alert for each server that is newly without Spoor, and resolves those whose cause is
 * gone. What a person dismissed stays dismissed. A file that cannot be read changes nothing.
 */
export function tellUnwrapped(view: ClientsView, { store, live, random, nowMs }: Told): void {
  const bare = view.servers.filter(({ state }) => state === 'bare');
  const prints = new Set(bare.map(printOf));
  for (const server of bare) {
    const known = store.alertByFingerprint(printOf(server));
    if (known !== undefined && known.status !== 'resolved') continue;
    const alert = alertOf(server, known, random, nowMs);
    store.saveAlert(alert, printOf(server));
    live.publish({ type: 'alert', alert });
  }
  const unread = new Set(view.unreadable.map(({ file }) => file));
  for (const alert of store.alerts({ open: true, limit: OPEN_MAX })) {
    if (alert.rule.id !== UNWRAPPED_SERVER.id) continue;
    const { file = '' } = alert.detection.group;
    if (prints.has(print(alert.detection.group)) || unread.has(file)) continue;
    const resolved: Alert = { ...alert, status: 'resolved', lastMs: nowMs };
    store.updateAlert(resolved);
    live.publish({ type: 'alert', alert: resolved });
  }
}

const groupOf = ({ client, file, name, within }: ConfiguredServer): Detection['group'] => ({
  client,
  file,
  server: name,
  ...(within === undefined ? {} : { within }),
});

const print = (group: Detection['group']): string =>
  JSON.stringify([UNWRAPPED_SERVER.id, Object.entries(group).sort()]);

const printOf = (server: ConfiguredServer): string => print(groupOf(server));

function alertOf(
  server: ConfiguredServer,
  known: Alert | undefined,
  random: Random,
  nowMs: number,
): Alert {
  return {
    id: known?.id ?? uuidv7(nowMs, random),
    rule: UNWRAPPED_SERVER,
    session: NO_SESSION,
    title: `${server.client} starts ${server.name} without Spoor`,
    status: 'new',
    firstMs: known?.firstMs ?? nowMs,
    lastMs: nowMs,
    count: (known?.count ?? 0) + 1,
    action: 'allow',
    wanted: 'allow',
    detection: {
      rule: UNWRAPPED_SERVER,
      seq: 0,
      atMs: nowMs,
      session: NO_SESSION,
      path: [],
      group: groupOf(server),
      response: 'alert',
    },
  };
}
