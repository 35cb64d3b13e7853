import { type AttributeValue, LIMITS } from '@spoor/core';
import { BUCKETS_S, type Instrument } from './instruments.ts';

export type MetricAttributes = Readonly<Record<string, AttributeValue>>;

/** A number, or the distribution of many. */
export type MetricValue = number | Distribution;

export interface Distribution {
  readonly count: number;
  readonly sum: number;
  /** One for each bound of `BUCKETS_S`, and one for what is above them all. */
  readonly buckets: readonly number[];
}

export interface MetricPoint {
  readonly attributes: MetricAttributes;
  readonly value: MetricValue;
}

/** One instrument with its values, as it is at one moment. */
export interface Metric {
  readonly instrument: Instrument;
  readonly points: readonly MetricPoint[];
}

/** Source: OpenTelemetry metrics SDK, "Overflow attribute". */
export const OVERFLOW: MetricAttributes = { 'otel.metric.overflow': true };

interface Series {
  readonly attributes: MetricAttributes;
  value: number;
  sum: number;
  readonly buckets: number[];
}

/**
 * The series of one instrument. Names come from outside, so their number has a limit: what goes
 * over it is counted in one series for all the rest.
 */
export class SeriesOf {
  readonly #instrument: Instrument;
  readonly #seriesMax: number;
  readonly #series = new Map<string, Series>();
  /** Whoever comes with the same object again is known without a look at it. */
  readonly #byObject = new WeakMap<MetricAttributes, Series>();

  constructor(instrument: Instrument, seriesMax: number = LIMITS.metricSeriesMax) {
    this.#instrument = instrument;
    this.#seriesMax = seriesMax;
  }

  /** Of a counter. */
  add(attributes: MetricAttributes, value = 1): void {
    this.#of(attributes).value += value;
  }

  /** Of a histogram. */
  record(attributes: MetricAttributes, value: number): void {
    const series = this.#of(attributes);
    const bound = BUCKETS_S.findIndex((limit) => value <= limit);
    const bucket = bound < 0 ? BUCKETS_S.length : bound;
    series.value += 1;
    series.sum += value;
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
  }

  read(): Metric {
    const isHistogram = this.#instrument.kind === 'histogram';
    const points = [...this.#series.values()].map(({ attributes, value, sum, buckets }) => ({
      attributes,
      value: isHistogram ? { count: value, sum, buckets: [...buckets] } : value,
    }));
    return { instrument: this.#instrument, points };
  }

  #of(attributes: MetricAttributes): Series {
    const series = this.#byObject.get(attributes) ?? this.#find(attributes);
    this.#byObject.set(attributes, series);
    return series;
  }

  #find(attributes: MetricAttributes): Series {
    const key = keyOf(attributes);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    if (this.#series.size >= this.#seriesMax - 1 && attributes !== OVERFLOW)
      return this.#find(OVERFLOW);
    const isHistogram = this.#instrument.kind === 'histogram';
    const buckets = isHistogram ? new Array<number>(BUCKETS_S.length + 1).fill(0) : [];
    const series: Series = { attributes, value: 0, sum: 0, buckets };
    this.#series.set(key, series);
    return series;
  }
}

const keyOf = (attributes: MetricAttributes): string =>
  JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * The metric without some of its attributes. Points that are then alike become one: two of the same
 * name would contradict each other.
 */
export function without({ instrument, points }: Metric, keep: (name: string) => boolean): Metric {
  const merged = new Map<string, MetricPoint>();
  for (const { attributes, value } of points) {
    const left = Object.fromEntries(Object.entries(attributes).filter(([name]) => keep(name)));
    const key = keyOf(left);
    const known = merged.get(key)?.value;
    merged.set(key, { attributes: left, value: known === undefined ? value : plus(known, value) });
  }
  return { instrument, points: [...merged.values()] };
}

function plus(a: MetricValue, b: MetricValue): MetricValue {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) + Number(b);
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    buckets: a.buckets.map((count, n) => count + (b.buckets[n] ?? 0)),
  };
}
