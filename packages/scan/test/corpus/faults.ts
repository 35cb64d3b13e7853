/** What a server of the corpus does wrong, and the check that must find it. */
export const FAULTS = {
  'args-attribute': 'telemetry-arguments',
  'args-event': 'telemetry-arguments',
  'args-exception': 'telemetry-arguments',
  'args-status': 'telemetry-arguments',
  'args-base64': 'telemetry-arguments',
  'args-log': 'telemetry-arguments',
  'result-attribute': 'telemetry-results',
  'env-resource': 'secrets-exported',
  'span-name': 'span-names',
  'baggage-span': 'baggage-recorded',
  'metric-ids': 'metric-cardinality',
  'baggage-out': 'baggage-forwarded',
  'trace-body': 'trace-ids',
  'trace-meta': 'trace-ids',
  'trace-notification': 'trace-ids',
  'ratio-sampler': 'security-events-sampled',
  'parent-sampler': 'sampling-by-client',
  'no-error-spans': 'error-spans',
  'no-telemetry': 'telemetry-present',
  'own-trace': 'trace-continued',
  'stderr-args': 'stderr-payloads',
  'stack-in-error': 'error-details',
  'env-in-result': 'secrets-returned',
  'no-validation': 'input-validation',
  'stdout-noise': 'stdout-noise',
  flood: 'contained',
  poison: 'tool-poisoning',
  hidden: 'hidden-text',
  'twin-names': 'tool-shadowing',
  'outside-reference': 'schema-references',
  'deep-schema': 'schema-size',
  'rug-pull': 'definitions-unstable',
  'read-only-lie': 'annotations',
  'fetch-private': 'private-addresses',
  'token-follows': 'credentials-on-redirect',
  'any-header': 'custom-headers',
  'any-mismatch': 'header-mismatch',
  'trace-header': 'trace-ids',
  'any-origin': 'origin-checked',
  'any-host': 'host-checked',
  'any-size': 'large-bodies',
  'any-page': 'cors',
  'no-token': 'authentication-local',
} as const;

export type Fault = keyof typeof FAULTS;

const named = new Set((process.env.CORPUS_FAULTS ?? '').split(',').filter(Boolean));

/** Does this server have it? */
export const has = (fault: Fault): boolean => named.has(fault);
