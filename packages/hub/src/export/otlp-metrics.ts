import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import { assert } from '@spoor/core';
import { BUCKETS_S } from '../metrics/instruments.ts';
import type { Metric, MetricPoint } from '../metrics/series.ts';
import { hrTime } from './otlp.ts';

/** Who counts, and since when; two hubs are two writers. */
export interface MetricSource {
  readonly version: string;
  readonly instance: string;
  readonly startMs: number;
}

/** Metrics as one OTLP `ExportMetricsServiceRequest`, protobuf, with totals since the start. */
export function encodeMetrics(
  metrics: readonly Metric[],
  source: MetricSource,
  nowMs: number,
): Uint8Array {
  const { version, instance } = source;
  const resource: Resource = resourceFromAttributes({
    'service.name': 'spoor',
    'service.version': version,
    'service.instance.id': instance,
  });
  const bytes = ProtobufMetricsSerializer.serializeRequest({
    resource,
    scopeMetrics: [
      {
        scope: { name: 'spoor', version },
        metrics: metrics
          .filter(({ points }) => points.length > 0)
          .map((metric) => metricOf(metric, source.startMs, nowMs)),
      },
    ],
  });
  assert(bytes !== undefined, 'metrics can be encoded');
  return bytes;
}

function metricOf({ instrument, points }: Metric, startMs: number, nowMs: number): MetricData {
  const { name, unit, about: description, kind } = instrument;
  const times = { startTime: hrTime(startMs), endTime: hrTime(nowMs) };
  const common = {
    descriptor: { name, unit, description, valueType: 1 },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (kind === 'histogram')
    return {
      ...common,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: points.map((point) => ({ ...times, ...histogramOf(point) })),
    };
  const dataPoints = points.map(({ attributes, value }) => ({
    ...times,
    attributes: { ...attributes } as Record<string, string>,
    value: Number(value),
  }));
  return kind === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...common, dataPointType: DataPointType.GAUGE, dataPoints };
}

function histogramOf({ attributes, value }: MetricPoint) {
  assert(typeof value !== 'number', 'a histogram has distributions');
  return {
    attributes: { ...attributes } as Record<string, string>,
    value: {
      buckets: { boundaries: [...BUCKETS_S], counts: [...value.buckets] },
      sum: value.sum,
      count: value.count,
    },
  };
}
