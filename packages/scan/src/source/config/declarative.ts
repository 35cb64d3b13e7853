import { isSecretName } from '../flow/properties.ts';
import { judgeHeaders } from './collector.ts';
import { hasUserInfo, isPlaceholder, isPlainRemote } from './endpoints.ts';
import type { Report } from './report.ts';
import { at, type Branch, entriesOf } from './tree.ts';

/** The SDK's own configuration file. */
export const isDeclarative = ({ fields }: Branch): boolean =>
  fields?.has('file_format') === true &&
  ['tracer_provider', 'meter_provider', 'logger_provider', 'resource'].some((one) =>
    fields.has(one),
  );

export function judgeDeclarative(root: Branch, report: Report): void {
  const sampler = at(root, 'tracer_provider', 'sampler');
  if (sampler !== undefined) judgeSampler(sampler, report);
  for (const name of ['tracer_provider', 'meter_provider', 'logger_provider'])
    judgeExporters(at(root, name), report);
  judgeResource(at(root, 'resource', 'attributes'), report);
}

function judgeSampler(sampler: Branch, report: Report): void {
  report.look('source-parent-sampler');
  for (const [name, options] of entriesOf(sampler)) {
    const plain = name.replace('/development', '');
    if (plain === 'parent_based') judgeParent(options, report);
    else {
      const drops = /^(?:trace_id_ratio_based|probability|always_off)$/.test(plain);
      const isAll = Number(at(options, 'ratio')?.text ?? 0) === 1;
      const what = `The sampler ${name} drops security events`;
      report.check('source-flat-sampler', drops && !isAll, options.line, what);
    }
  }
}

function judgeParent(options: Branch, report: Report): void {
  const sampled = at(options, 'remote_parent_sampled');
  const unsampled = at(options, 'remote_parent_not_sampled');
  const follows =
    sampled === undefined ||
    unsampled === undefined ||
    at(sampled, 'always_on') !== undefined ||
    at(unsampled, 'always_off') !== undefined;
  report.check('source-parent-sampler', follows, options.line, "A client's sampled flag decides");
  const root = at(options, 'root');
  if (root !== undefined) judgeSampler(root, report);
}

/** Wherever an exporter stands: in processors of spans, of logs, in readers of metrics. */
function judgeExporters(branch: Branch | undefined, report: Report): void {
  for (const [name, field] of entriesOf(branch)) {
    if (name.startsWith('otlp')) judgeExporter(name, field, report);
    judgeExporters(field, report);
  }
  for (const item of branch?.items ?? []) judgeExporters(item, report);
}

function judgeExporter(name: string, exporter: Branch, report: Report): void {
  const endpoint = at(exporter, 'endpoint');
  const url = endpoint?.text ?? '';
  const line = endpoint?.line ?? exporter.line;
  report.check('source-plain-export', isPlainRemote(url), line, `${name} sends by plain http`);
  if (hasUserInfo(url))
    report.fail('source-export-credentials', line, 'Credentials stand in a URL');
  judgeHeaders(at(exporter, 'headers'), report);
}

function judgeResource(attributes: Branch | undefined, report: Report): void {
  for (const item of attributes?.items ?? []) {
    const name = at(item, 'name')?.text ?? '';
    const isWritten = isSecretName(name) && !isPlaceholder(at(item, 'value')?.text ?? '');
    const what = `A credential (${name}) is an attribute of the resource`;
    report.check('source-secret-values', isWritten, item.line, what);
  }
}
