import { CONTEXT_POLICIES, type Setting } from '@spoor/core';

/** The sensor's settings. */
export const SENSOR_SETTINGS: readonly Setting[] = [
  {
    name: 'autostart',
    type: 'boolean',
    default: true,
    help: 'Start a hub in the background when none answers',
  },
  {
    name: 'attest.key',
    type: 'string',
    default: undefined,
    help: 'File of the key by which a wrapper attests who has started it; without one it does not',
  },
  {
    name: 'attest.issuer',
    type: 'string',
    default: undefined,
    help: "Who says so, as the hub's owner has registered it; default the key's thumbprint",
  },
  {
    name: 'attest.audience',
    type: 'string',
    default: 'spoor',
    help: 'Trust domain of what a wrapper attests',
  },
  {
    name: 'trust.client',
    type: 'choice',
    choices: CONTEXT_POLICIES,
    default: 'continue',
    help: "What a client's trace context is worth; to a gateway `restart-link` without this",
  },
  {
    name: 'trust.server',
    type: 'choice',
    choices: CONTEXT_POLICIES,
    default: 'restart-link',
    help: 'What a wrapped server gets of the trace context, and what its own is worth',
  },
  {
    name: 'trust.identity',
    type: 'boolean',
    default: false,
    help: 'Servers get the proofs of who calls; without this they stay behind',
  },
  {
    name: 'trust.baggage',
    type: 'string',
    default: undefined,
    help: 'Baggage that may pass a wrapper: `keep app.tenant, drop app.*`; the first match decides',
  },
];
