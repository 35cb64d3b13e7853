import { isSecretName } from '../flow/properties.ts';
import { hasUserInfo, isLoopback, isPlaceholder, isPlainRemote } from './endpoints.ts';
import type { Report } from './report.ts';
import { at, type Branch, entriesOf } from './tree.ts';

/** The configuration of an OpenTelemetry collector. */
export const isCollector = ({ fields }: Branch): boolean =>
  fields?.has('service') === true && (fields.has('receivers') || fields.has('exporters'));

export function judgeCollector(root: Branch, report: Report): void {
  for (const [name, receiver] of entriesOf(at(root, 'receivers')))
    judgeReceiver(name, receiver, report);
  for (const [name, exporter] of entriesOf(at(root, 'exporters')))
    judgeExporter(name, exporter, report);
  for (const [name, processor] of entriesOf(at(root, 'processors')))
    judgeProcessor(name, processor, report);
}

function judgeReceiver(name: string, receiver: Branch, report: Report): void {
  const protocols = entriesOf(at(receiver, 'protocols'));
  for (const [protocol, one] of protocols.length > 0 ? protocols : [[name, receiver] as const]) {
    const endpoint = at(one, 'endpoint');
    if (endpoint?.text === undefined) continue;
    const host = endpoint.text.replace(/^\w+:\/\//, '').replace(/:\d+$/, '');
    const isOpen = !isLoopback(host) && !host.includes('$');
    const guarded = at(one, 'tls') !== undefined && at(one, 'auth') !== undefined;
    const mutual = at(one, 'tls', 'client_ca_file') !== undefined;
    const what = `${name}/${protocol} listens on ${endpoint.text} without TLS and an authenticator`;
    report.check('source-collector-open', isOpen && !guarded && !mutual, endpoint.line, what);
  }
}

const HOST = /^(?:\w+:\/\/)?(\[[^\]]*\]|[^/:]*)/;

function judgeExporter(name: string, exporter: Branch, report: Report): void {
  if (/^(?:debug|logging)(?:\/|$)/.test(name)) {
    const verbosity = at(exporter, 'verbosity') ?? at(exporter, 'loglevel');
    const isFull = /^(?:detailed|debug)$/.test(verbosity?.text ?? '');
    report.check(
      'source-collector-debug',
      isFull,
      verbosity?.line ?? exporter.line,
      `${name} writes all`,
    );
    return;
  }
  judgeEndpoint(name, exporter, report);
  const skip = at(exporter, 'tls', 'insecure_skip_verify');
  const isSkipped = skip?.text === 'true';
  report.check(
    'source-collector-unverified',
    isSkipped,
    skip?.line ?? exporter.line,
    `${name} skips it`,
  );
  judgeHeaders(at(exporter, 'headers'), report);
}

function judgeEndpoint(name: string, exporter: Branch, report: Report): void {
  const endpoint = at(exporter, 'endpoint') ?? at(exporter, 'traces_endpoint');
  if (endpoint?.text === undefined) return;
  const insecure = at(exporter, 'tls', 'insecure')?.text === 'true';
  const host = HOST.exec(endpoint.text)?.[1] ?? '';
  const isRemote = !isLoopback(host) && !host.includes('$');
  const isPlain = isPlainRemote(endpoint.text) || (insecure && isRemote);
  report.check('source-plain-export', isPlain, endpoint.line, `${name} sends in plain text`);
  if (hasUserInfo(endpoint.text))
    report.fail('source-export-credentials', endpoint.line, 'Credentials stand in a URL');
}

const CARRIES = /authorization|team|license|dd-api|signoz|uptrace/i;

/** Headers by name, or a list of names and values. */
export function judgeHeaders(headers: Branch | undefined, report: Report): void {
  const listed = (headers?.items ?? []).map(
    (item) => [at(item, 'name')?.text ?? '', at(item, 'value')] as const,
  );
  for (const [name, value] of [...entriesOf(headers), ...listed]) {
    if (value?.text === undefined || !(CARRIES.test(name) || isSecretName(name))) continue;
    const written = !isPlaceholder(value.text);
    report.check(
      'source-export-credentials',
      written,
      value.line,
      `The header ${name} stands here`,
    );
  }
}

function judgeProcessor(name: string, processor: Branch, report: Report): void {
  if (name.startsWith('probabilistic_sampler')) {
    const share = at(processor, 'sampling_percentage');
    const drops = Number(share?.text ?? 0) < 100;
    report.check(
      'source-collector-drops',
      drops,
      share?.line ?? processor.line,
      `${name} keeps a share`,
    );
  } else if (name.startsWith('tail_sampling')) {
    const keeps = (at(processor, 'policies')?.items ?? []).some(keepsErrors);
    report.check(
      'source-collector-drops',
      !keeps,
      processor.line,
      `${name} has no policy for errors`,
    );
  }
}

const keepsErrors = (policy: Branch): boolean =>
  at(policy, 'type')?.text === 'always_sample' ||
  (at(policy, 'type')?.text === 'status_code' &&
    (at(policy, 'status_code', 'status_codes')?.items ?? []).some(({ text }) => text === 'ERROR'));
