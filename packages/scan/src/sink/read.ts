import { isObject } from '@spoor/core';
import type { Members, Signal } from './decode.ts';

/** One text that left the server by telemetry, and where it stood. */
export interface ExportedText {
  readonly signal: Signal;
  /** `span attribute tool.args`, `status description`, `log body`. */
  readonly where: string;
  readonly part: Part;
  /** Name of the attribute, where it is one. */
  readonly key?: string;
  readonly text: string;
  /** Of which span, log record or metric. */
  readonly of: string;
}

export type Part =
  | 'name'
  | 'attribute'
  | 'event'
  | 'link'
  | 'status'
  | 'resource'
  | 'scope'
  | 'trace state'
  | 'body';

export interface ExportedSpan {
  readonly trace: string;
  readonly span: string;
  readonly parent: string;
  readonly name: string;
  readonly scope: string;
  readonly isError: boolean;
  /** Traces that it links to. */
  readonly links: readonly string[];
  /** What it says the tool is, where it does. */
  readonly texts: readonly string[];
}

/** One point of a metric: its attributes as text, for counting how many there can be. */
export interface ExportedPoint {
  readonly metric: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ReadExport {
  readonly texts: readonly ExportedText[];
  readonly spans: readonly ExportedSpan[];
  readonly points: readonly ExportedPoint[];
}

const list = (value: unknown): readonly Members[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
const object = (value: unknown): Members => (isObject(value) ? value : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** All texts of a value, however deep, with keys of maps. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value)
    ? Object.entries(value).flatMap(([key, inside]) =>
        key === 'key' || !/Value$|^values$|^value$/.test(key)
          ? [...(key === 'key' ? [] : [key]), ...textsIn(inside)]
          : textsIn(inside),
      )
    : [];
}

class Reading {
  readonly texts: ExportedText[] = [];
  readonly spans: ExportedSpan[] = [];
  readonly points: ExportedPoint[] = [];
  readonly #signal: Signal;

  constructor(signal: Signal) {
    this.#signal = signal;
  }

  say(part: Part, where: string, of: string, value: unknown, key?: string): void {
    for (const one of textsIn(value)) {
      if (one === '') continue;
      const named = key === undefined ? {} : { key };
      this.texts.push({ signal: this.#signal, part, where, of, text: one, ...named });
    }
  }

  attributes(part: Part, kind: string, of: string, value: unknown): void {
    for (const one of list(value)) {
      const key = text(one.key);
      this.say(part, `${kind} ${key}`, of, one.value, key);
      // A key that somebody else chose is as much a leak as a value.
      this.say(part, `name of a ${kind}`, of, key);
    }
  }

  resource(group: Members): void {
    this.attributes(
      'resource',
      'resource attribute',
      'resource',
      object(group.resource).attributes,
    );
  }

  scope(group: Members): string {
    const { name, version, attributes } = object(group.scope);
    this.say('scope', 'scope name', 'scope', name);
    this.say('scope', 'scope version', 'scope', version);
    this.attributes('scope', 'scope attribute', 'scope', attributes);
    return text(name);
  }

  span(span: Members, scope: string): void {
    const name = text(span.name);
    const from = this.texts.length;
    this.say('name', 'span name', name, name);
    this.say('trace state', 'trace state', name, span.traceState);
    this.attributes('attribute', 'span attribute', name, span.attributes);
    for (const event of list(span.events)) {
      this.say('event', 'event name', name, event.name);
      this.attributes('event', `event ${text(event.name)} attribute`, name, event.attributes);
    }
    for (const link of list(span.links))
      this.attributes('link', 'link attribute', name, link.attributes);
    const status = object(span.status);
    this.say('status', 'status description', name, status.message);
    this.spans.push({
      trace: text(span.traceId),
      span: text(span.spanId),
      parent: text(span.parentSpanId),
      name,
      scope,
      isError: status.code === 2 || status.code === 'STATUS_CODE_ERROR',
      links: list(span.links).map((link) => text(link.traceId)),
      texts: this.texts.slice(from).map((one) => one.text),
    });
  }

  log(record: Members): void {
    this.say('body', 'log body', 'log', record.body);
    this.say('name', 'log event name', 'log', record.eventName);
    this.attributes('attribute', 'log attribute', 'log', record.attributes);
  }

  metric(metric: Members): void {
    const name = text(metric.name);
    this.say('name', 'metric name', name, name);
    for (const kind of ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const) {
      for (const point of list(object(metric[kind]).dataPoints)) {
        this.attributes('attribute', 'metric attribute', name, point.attributes);
        for (const exemplar of list(point.exemplars))
          this.attributes('attribute', 'exemplar attribute', name, exemplar.filteredAttributes);
        const pairs = list(point.attributes).map(
          (one) => [text(one.key), textsIn(one.value).join(' ')] as const,
        );
        this.points.push({ metric: name, attributes: Object.fromEntries(pairs) });
      }
    }
  }
}

/** Everything in a request that could be content, and the spans and points in it. */
export function readExport(signal: Signal, request: Members): ReadExport {
  const reading = new Reading(signal);
  const scopes = (groups: unknown, inner: string, member: string, read: Reader): void => {
    for (const group of list(groups)) {
      reading.resource(group);
      for (const one of list(group[inner])) {
        const scope = reading.scope(one);
        for (const item of list(one[member])) read(item, scope);
      }
    }
  };
  scopes(request.resourceSpans, 'scopeSpans', 'spans', (span, scope) => reading.span(span, scope));
  scopes(request.resourceLogs, 'scopeLogs', 'logRecords', (record) => reading.log(record));
  scopes(request.resourceMetrics, 'scopeMetrics', 'metrics', (one) => reading.metric(one));
  return reading;
}

type Reader = (item: Members, scope: string) => void;
