import { hasUserInfo, isPlaceholder, isPlainRemote } from '../config/endpoints.ts';
import { argument, type Call } from '../flow/context.ts';
import { has, LABEL } from '../flow/labels.ts';
import type { At } from '../flow/machine.ts';
import { isSecretName } from '../flow/properties.ts';
import { labelsOf, originOf, texts, type Value } from '../flow/value.ts';

/** `new OTLPTraceExporter({ url, headers })` and its kin. */
export function exporterMade(call: Call, at: At): void {
  if (!/Exporter(?:Base)?$|^SpanProcessor$/.test(call.name)) return;
  const options = argument(call, 0);
  for (const name of ['url', 'endpoint', 'collectorEndpoint', 'host'])
    for (const url of texts(options.fields?.get(name))) endpoint(call, url, at);
  at.machine.look('source-export-credentials');
  const headers = options.fields?.get('headers');
  for (const [name, value] of headers?.fields ?? []) credential(call, name, value, at);
  for (const [name, value] of options.fields ?? [])
    if (isSecretName(name)) credential(call, name, value, at);
}

function endpoint(call: Call, url: string, at: At): void {
  at.machine.look('source-plain-export');
  if (isPlainRemote(url))
    at.machine.report('source-plain-export', call.node, at, 'An exporter sends by plain http');
  if (hasUserInfo(url))
    at.machine.report('source-export-credentials', call.node, at, 'Credentials stand in a URL');
}

const CARRIES =
  /authorization|api-?key|token|secret|team|license-key|x-honeycomb|dd-api|uptrace|signoz/i;

function credential(call: Call, name: string, value: Value, at: At): void {
  if (!CARRIES.test(name) && !isSecretName(name)) return;
  if (texts(value).some((text) => !isPlaceholder(text)))
    at.machine.report(
      'source-export-credentials',
      call.node,
      at,
      `The exporter's ${name} stands in the source`,
    );
}

/** `metadata.set('authorization', 'Bearer …')` for gRPC. */
export function metadataSet(call: Call, at: At): void {
  if ((call.name !== 'set' && call.name !== 'add') || !/metadata/i.test(call.receiverText)) return;
  const name = texts(argument(call, 0))[0];
  at.machine.look('source-export-credentials');
  if (name !== undefined) credential(call, name, argument(call, 1), at);
}

const RESOURCES = /^(?:resourceFromAttributes|Resource|DetectedResource)$/;

/** What goes with every span. */
export function resourceMade(call: Call, at: At): void {
  if (!RESOURCES.test(call.name)) return;
  at.machine.look('source-secret-values');
  const attributes = argument(call, 0);
  const secret = has(labelsOf(attributes), LABEL.secret);
  const written = [...(attributes.fields ?? [])].find(
    ([name, value]) => isSecretName(name) && texts(value).some((text) => !isPlaceholder(text)),
  );
  if (!secret && written === undefined) return;
  const origin = secret ? originOf(attributes, LABEL.secret) : written?.[0];
  const what = `A credential (${origin ?? 'of the environment'}) is an attribute of the resource`;
  at.machine.report('source-secret-values', call.node, at, what);
}
