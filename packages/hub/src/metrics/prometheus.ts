import { BUCKETS_S, type Instrument } from './instruments.ts';
import type { Distribution, Metric, MetricAttributes, MetricPoint } from './series.ts';

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Prometheus' text format. Names: OpenTelemetry specification, "Prometheus and OpenMetrics
 * compatibility": dots become underscores, the unit and `_total` are appended.
 */
export function toPrometheus(metrics: readonly Metric[], version: string): string {
  const scope = { 'otel.scope.name': 'spoor', 'otel.scope.version': version };
  const info = line('target_info', { 'service.name': 'spoor', 'service.version': version }, 1);
  const target = ['# HELP target_info Target metadata', '# TYPE target_info gauge', info];
  const lines = metrics.flatMap((metric) => family(metric, scope));
  return `${[...target, ...lines].join('\n')}\n`;
}

function family({ instrument, points }: Metric, scope: MetricAttributes): readonly string[] {
  if (points.length === 0) return [];
  const name = prometheusName(instrument);
  return [
    `# HELP ${name} ${escaped(instrument.about)}`,
    `# TYPE ${name} ${instrument.kind}`,
    ...points.flatMap(({ attributes, value }) => samples(name, { ...attributes, ...scope }, value)),
  ];
}

function samples(
  name: string,
  attributes: MetricAttributes,
  value: MetricPoint['value'],
): readonly string[] {
  return typeof value === 'number'
    ? [line(name, attributes, value)]
    : distribution(name, attributes, value);
}

/** Buckets are cumulative in this format. */
function distribution(
  name: string,
  attributes: MetricAttributes,
  { count, sum, buckets }: Distribution,
): readonly string[] {
  let below = 0;
  const bounded = BUCKETS_S.map((bound, n) => {
    below += buckets[n] ?? 0;
    return line(`${name}_bucket`, { ...attributes, le: String(bound) }, below);
  });
  return [
    ...bounded,
    line(`${name}_bucket`, { ...attributes, le: '+Inf' }, count),
    line(`${name}_sum`, attributes, sum),
    line(`${name}_count`, attributes, count),
  ];
}

function line(name: string, attributes: MetricAttributes, value: number): string {
  const labels = Object.entries(attributes).map(
    ([key, held]) => `${plain(key)}="${escaped(String(held)).replaceAll('"', '\\"')}"`,
  );
  return `${name}${labels.length === 0 ? '' : `{${labels.join(',')}}`} ${value}`;
}

const UNITS: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes' };

const prometheusName = ({ name, unit, kind }: Instrument): string =>
  `${plain(name)}${UNITS[unit] ?? ''}${kind === 'counter' ? '_total' : ''}`;

const plain = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, '_');

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
