import { delimiter, dirname } from 'node:path';

const SYSTEM_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin'] as const;

export interface EnvironmentOptions {
  readonly home: string;
  /** Where telemetry is to go; undefined where there is no sink. */
  readonly sinkUrl: string | undefined;
  readonly sampled: boolean;
  /** What the owner lets through, by name and value. */
  readonly own: Readonly<Record<string, string>>;
  /** A variable like those that hold credentials. */
  readonly secret: string;
}

/** One trace of twenty is kept. */
const RATIO = 0.05;

/** All that a scanned server gets of an environment. */
export function environmentFor(options: EnvironmentOptions): Record<string, string> {
  const { home, sinkUrl, sampled, own, secret } = options;
  const folders = [dirname(process.execPath), ...SYSTEM_FOLDERS];
  return {
    PATH: folders.join(delimiter),
    HOME: home,
    TMPDIR: home,
    LANG: 'C.UTF-8',
    SERVICE_API_KEY: secret,
    ...own,
    ...(sinkUrl === undefined ? {} : telemetryFor(sinkUrl, sampled)),
  };
}

const telemetryFor = (url: string, sampled: boolean): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces`,
  OTEL_EXPORTER_OTLP_INSECURE: 'true',
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_LOGS_EXPORTER: 'otlp',
  OTEL_METRICS_EXPORTER: 'otlp',
  OTEL_BSP_SCHEDULE_DELAY: '100',
  OTEL_BLRP_SCHEDULE_DELAY: '100',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
  OTEL_METRIC_EXPORT_TIMEOUT: '900',
  TRACELOOP_BASE_URL: url,
  ...(sampled
    ? { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: String(RATIO) }
    : {}),
});
