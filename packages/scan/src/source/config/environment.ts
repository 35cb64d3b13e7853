import { isSecretName } from '../flow/properties.ts';
import { hasUserInfo, isPlaceholder, isPlainRemote } from './endpoints.ts';
import type { Report } from './report.ts';

/** A variable of the environment, as a file sets it. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

type Judge = (variable: Variable, report: Report, all: readonly Variable[]) => void;

const JUDGES: readonly (readonly [RegExp, Judge])[] = [
  [/^OTEL_TRACES_SAMPLER$/, sampler],
  [/^(?:SENTRY_TRACES_SAMPLE_RATE|DD_TRACE_SAMPLE_RATE)$/, share],
  [/^OTEL_EXPORTER_\w*ENDPOINT$/, endpoint],
  [/^OTEL_EXPORTER_\w*HEADERS$/, headers],
  [/^OTEL_RESOURCE_ATTRIBUTES$/, resource],
  [/^OTEL_INSTRUMENTATION_\w*CAPTURE\w*HEADERS\w*$/, capturedHeaders],
  [/^OTEL_INSTRUMENTATION_\w*CAPTURE_\w+$/, switched],
  [
    /^(?:TRACELOOP_TRACE_CONTENT|ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS|OTEL_LOG_USER_PROMPTS|OTEL_LOG_TOOL_DETAILS|OTEL_LOG_TOOL_CONTENT|AZURE_TRACING_GEN_AI_CONTENT_RECORDING_ENABLED)$/,
    switched,
  ],
];

/** Looks at the variables that speak of telemetry. */
export function judgeEnvironment(variables: readonly Variable[], report: Report): void {
  for (const variable of variables)
    JUDGES.find(([name]) => name.test(variable.name))?.[1](variable, report, variables);
}

function sampler({ value, line }: Variable, report: Report, all: readonly Variable[]): void {
  const argument = all.find(({ name }) => name === 'OTEL_TRACES_SAMPLER_ARG')?.value;
  const drops = /traceidratio$|always_off$|jaeger_remote$/.test(value) && Number(argument) !== 1;
  report.check('source-flat-sampler', drops, line, `The sampler ${value} drops security events`);
  const follows = value.startsWith('parentbased_');
  report.check('source-parent-sampler', follows, line, "A client's sampled flag decides");
}

function share({ value, line }: Variable, report: Report): void {
  const isPart = value !== '' && Number(value) < 1;
  report.check('source-flat-sampler', isPart, line, `Only a share of ${value} of spans is kept`);
}

function endpoint({ value, line }: Variable, report: Report): void {
  const isPlain = isPlainRemote(value);
  report.check('source-plain-export', isPlain, line, 'An exporter sends by plain http');
  if (hasUserInfo(value))
    report.fail('source-export-credentials', line, 'Credentials stand in a URL');
}

function headers({ value, line }: Variable, report: Report): void {
  const written = value
    .split(',')
    .map((pair) => pair.slice(pair.indexOf('=') + 1))
    .some((text) => !isPlaceholder(decoded(text)));
  report.check('source-export-credentials', written, line, 'Headers of an exporter stand here');
}

const decoded = (text: string): string => text.replaceAll('%20', ' ').replaceAll('"', '');

function resource({ value, line }: Variable, report: Report): void {
  const name = value
    .split(',')
    .map((pair) => pair.split('='))
    .find(([key = '', text = '']) => isSecretName(key.trim()) && !isPlaceholder(text))?.[0];
  const what = `A credential (${name}) is an attribute of the resource`;
  report.check('source-secret-values', name !== undefined, line, what);
}

function capturedHeaders({ name, value, line }: Variable, report: Report): void {
  const isSensitive = /authorization|cookie|api-key|baggage|\*/i.test(value);
  report.check('source-content-capture', isSensitive, line, `${name} names sensitive headers`);
}

function switched({ name, value, line }: Variable, report: Report): void {
  const isOn = /^(?:true|1|yes|on|span_only|event_only|span_and_event)$/i.test(value);
  report.check('source-content-capture', isOn, line, `${name} is switched on`);
}
