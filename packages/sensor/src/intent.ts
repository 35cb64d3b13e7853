import {
  intentCluster,
  newCallId,
  newSpanId,
  systemClock,
  systemRandom,
  uuidv7,
} from '@spoor/core';
import { contentMatcher, NO_CAUSE, senseIntent } from '@spoor/detect/sense';
import type { Home } from '@spoor/edge/home';
import type { Sensed } from '@spoor/edge/wire';
import { findHost } from './host.ts';
import { HubClient } from './hubclient.ts';

export interface IntentOptions {
  readonly prompt: string;
  readonly home: Home;
  readonly version: string;
  readonly rulesFolder: string;
  readonly startHub?: () => void;
}

/**
 * Tells the hub what the user asked for. Without a hub it is kept for later, like any observation.
 */
export async function declareIntent(
  options: IntentOptions,
): Promise<{ readonly session: string | undefined; readonly cluster: string }> {
  const { prompt, home, version, rulesFolder } = options;
  const hub = new HubClient({
    home,
    hello: {
      protocol: 1,
      sensor: { id: uuidv7(systemClock.nowMs(), systemRandom), kind: 'intent', version },
      server: { name: 'user', transport: 'unknown' },
      host: findHost(),
    },
    random: systemRandom,
    rulesFolder,
    ...(options.startHub === undefined ? {} : { startHub: options.startHub }),
  });
  // Timers of the client do not keep a process, and nothing else here does.
  const alive = setInterval(() => undefined, 60_000);
  await hub.ready;
  const sensed = senseIntentOf(hub, prompt);
  await hub.end(sensed, hub.seal(sensed.id, 'intent', Buffer.from(prompt)), []);
  hub.embed(sensed.id, prompt);
  await hub.close();
  clearInterval(alive);
  return { session: hub.session, cluster: sensed.cluster ?? '' };
}

/** A prompt as an observation. */
export function senseIntentOf(
  hub: Pick<HubClient, 'keys' | 'project' | 'asked'>,
  prompt: string,
): Sensed {
  const nowMs = systemClock.nowMs();
  const context = {
    keys: hub.keys,
    project: hub.project,
    content: contentMatcher(hub.asked),
    random: systemRandom,
    nowMs,
  };
  return {
    id: newCallId(nowMs, systemRandom),
    kind: 'intent',
    startMs: nowMs,
    endMs: nowMs,
    method: '',
    era: 'unknown',
    span: newSpanId(systemRandom),
    cause: NO_CAUSE,
    request: senseIntent(prompt, context),
    cluster: intentCluster(prompt, hub.keys.cluster),
    outcome: 'ok',
  };
}
