import type { Alert, AskView, LiveEvent, Page, SessionDetail } from '@spoor/core';
import type { QueryClient } from '@tanstack/react-query';
import { mergeAlertPage, mergeObservation, mergeSessionAlert } from './merge.ts';
import { KEYS } from './queries.ts';

export type LiveState = 'connecting' | 'live' | 'lost' | 'paused';

/** Lists are asked for again at most this often, however many calls arrive. */
const REFRESH_MS = 1_000;
/** A browser gives up for good on some errors; we then try again ourselves. */
const RETRY_MS = 3_000;

/** Events are named by their type. */
const TYPES = [
  'observation',
  'alert',
  'policy',
  'asks',
  'checkpoint',
] as const satisfies readonly LiveEvent['type'][];

export interface LiveListener {
  state(state: LiveState): void;
  alert(alert: Alert): void;
  missed(count: number): void;
}

/** Follows the hub's stream and keeps the query cache up to date until `stop` is called. */
export class LiveFeed {
  readonly #client: QueryClient;
  readonly #listener: LiveListener;
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #refresh: ReturnType<typeof setTimeout> | undefined;
  #paused = false;
  #missed = 0;

  constructor(client: QueryClient, listener: LiveListener) {
    this.#client = client;
    this.#listener = listener;
  }

  start(): void {
    const source = new EventSource('/api/v1/live');
    this.#source = source;
    this.#listener.state('connecting');
    source.onopen = () => {
      this.#listener.state(this.#paused ? 'paused' : 'live');
      // Whatever happened between the first answers and this moment was not streamed.
      void this.#client.invalidateQueries();
    };
    for (const type of TYPES) {
      source.addEventListener(type, (message: MessageEvent<string>) =>
        this.receive(JSON.parse(message.data) as LiveEvent),
      );
    }
    source.onerror = () => {
      this.#listener.state('lost');
      if (source.readyState !== EventSource.CLOSED) return;
      this.#retry = setTimeout(() => this.start(), RETRY_MS);
    };
  }

  stop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#refresh);
    this.#source?.close();
  }

  /** Freezes the view, not the capture: what arrives meanwhile is counted and read afterwards. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#missed = 0;
    this.#listener.missed(0);
    this.#listener.state(paused ? 'paused' : 'live');
    if (!paused) void this.#client.invalidateQueries();
  }

  receive(event: LiveEvent): void {
    if (event.type === 'alert') this.#listener.alert(event.alert);
    // A call that waits has a minute: it is shown also where the view stands still.
    if (event.type === 'asks') {
      this.#client.setQueryData<Page<AskView>>(KEYS.asks, { rows: event.asks });
      return;
    }
    if (this.#paused) {
      this.#missed += 1;
      this.#listener.missed(this.#missed);
      return;
    }
    this.#apply(event);
  }

  #apply(event: LiveEvent): void {
    if (event.type === 'policy') {
      void this.#client.invalidateQueries({ queryKey: KEYS.rules });
      void this.#client.invalidateQueries({ queryKey: KEYS.hub });
      return;
    }
    if (event.type === 'checkpoint') {
      void this.#client.invalidateQueries({ queryKey: KEYS.ledger });
      return;
    }
    if (event.type === 'alert') this.#alert(event.alert);
    if (event.type === 'observation') {
      const { observation } = event;
      this.#client.setQueryData<SessionDetail>(
        KEYS.session(observation.session.id),
        (detail) => detail && mergeObservation(detail, observation),
      );
      void this.#client.invalidateQueries({ queryKey: KEYS.call(observation.id) });
    }
    this.#refreshSoon();
  }

  #alert(alert: Alert): void {
    this.#client.setQueryData<Page<Alert>>(
      KEYS.alerts,
      (page) => page && mergeAlertPage(page, alert),
    );
    this.#client.setQueryData<SessionDetail>(
      KEYS.session(alert.session),
      (detail) => detail && mergeSessionAlert(detail, alert),
    );
  }

  #refreshSoon(): void {
    this.#refresh ??= setTimeout(() => {
      this.#refresh = undefined;
      for (const queryKey of [KEYS.sessions, KEYS.hub, KEYS.inventory]) {
        void this.#client.invalidateQueries({ queryKey });
      }
    }, REFRESH_MS);
  }
}
