import { LOOPBACK } from '../evidence.ts';
import type { DynamicCheck } from './check.ts';

const NONE = "the owner's settings of the exporter are not known (give them with --env)";

const ENDPOINTS = /^OTEL_EXPORTER_OTLP(?:_(?:TRACES|LOGS|METRICS))?_ENDPOINT$/;
const HEADERS = /^OTEL_EXPORTER_OTLP(?:_(?:TRACES|LOGS|METRICS))?_HEADERS$/;
const CLIENT_KEY = /^OTEL_EXPORTER_OTLP(?:_(?:TRACES|LOGS|METRICS))?_CLIENT_KEY$/;

const endpointsOf = (
  exporter: Readonly<Record<string, string>>,
): readonly (readonly [string, URL])[] =>
  Object.entries(exporter).flatMap(([name, value]) =>
    ENDPOINTS.test(name) && URL.canParse(value) ? [[name, new URL(value)] as const] : [],
  );

const elsewhere = (
  exporter: Readonly<Record<string, string>>,
): readonly (readonly [string, URL])[] =>
  endpointsOf(exporter).filter(([, url]) => !LOOPBACK.test(url.hostname));

const reproduce = 'Look at the variables that the server is started with';

const exportPlainText: DynamicCheck = {
  check: {
    id: 'export-plain-text',
    title: 'Telemetry leaves the machine encrypted',
    severity: 'high',
    points: 10,
    catalogue: ['cosai:T7', 'cwe:319'],
    remedy: 'Export over https, or to a collector on this machine that does.',
    example: 'OTEL_EXPORTER_OTLP_ENDPOINT=https://collector.example:4318',
  },
  judge: ({ exporter }) => {
    const endpoints = endpointsOf(exporter);
    if (endpoints.length === 0) return NONE;
    return elsewhere(exporter)
      .filter(([, url]) => url.protocol !== 'https:')
      .map(([name, url]) => ({
        what: 'Telemetry goes over the network in plain text',
        where: name,
        evidence: `${name}=${url.protocol}//${url.host}`,
        reproduce,
      }));
  },
};

const exportUnauthenticated: DynamicCheck = {
  check: {
    id: 'export-unauthenticated',
    title: 'The exporter says who it is',
    severity: 'medium',
    points: 6,
    catalogue: ['cosai:T1', 'cwe:306'],
    remedy: 'Send a token or a client certificate: a collector that takes all takes forgeries too.',
    example: 'OTEL_EXPORTER_OTLP_CLIENT_KEY=/etc/otel/client.key',
  },
  judge: ({ exporter }) => {
    if (endpointsOf(exporter).length === 0) return NONE;
    const names = Object.keys(exporter);
    if (names.some((name) => HEADERS.test(name) || CLIENT_KEY.test(name))) return [];
    return elsewhere(exporter).map(([name, url]) => ({
      what: 'Telemetry goes to a collector that asks nobody who sends it',
      where: name,
      evidence: `${name}=${url.protocol}//${url.host}, and neither headers nor a client key`,
      reproduce,
    }));
  },
};

const SECRET = /(?:token|secret|passw\w*|api[-_]?key|authorization|credential)\w*\s*[=:]/i;

const exportCredentials: DynamicCheck = {
  check: {
    id: 'export-credentials',
    title: 'Settings of the exporter hold no credential in the open',
    severity: 'high',
    points: 10,
    catalogue: ['owasp-mcp:MCP01', 'cosai:T1', 'cwe:522'],
    remedy: 'Keep tokens in a file or a secret store; none in URLs and resource attributes.',
    example: 'OTEL_RESOURCE_ATTRIBUTES=service.namespace=tools,deployment.environment=prod',
  },
  judge: ({ exporter }) => {
    if (Object.keys(exporter).length === 0) return NONE;
    const inUrls = endpointsOf(exporter)
      .filter(([, url]) => url.username !== '' || url.password !== '' || SECRET.test(url.search))
      .map(([name]) => [name, 'the URL holds a credential'] as const);
    const attributes = exporter.OTEL_RESOURCE_ATTRIBUTES ?? '';
    const inResource = SECRET.test(attributes)
      ? [['OTEL_RESOURCE_ATTRIBUTES', 'a resource attribute is named like a credential'] as const]
      : [];
    return [...inUrls, ...inResource].map(([name, what]) => ({
      what: `A credential stands in the settings of the exporter: ${what}`,
      where: name,
      evidence: `${name}=<not shown>`,
      reproduce,
    }));
  },
};

export const EXPORTER_CHECKS: readonly DynamicCheck[] = [
  exportPlainText,
  exportCredentials,
  exportUnauthenticated,
];
