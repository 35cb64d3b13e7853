import type { Setting } from '@spoor/core';

/** The hub's settings. */
export const HUB_SETTINGS: readonly Setting[] = [
  {
    name: 'mode',
    type: 'choice',
    choices: ['observe', 'enforce'],
    default: 'observe',
    help: 'Are denials real, until `spoor enforce` says otherwise',
  },
  { name: 'host', type: 'string', default: '127.0.0.1', help: 'Address of UI and API' },
  {
    name: 'port',
    type: 'number',
    min: 0,
    max: 65535,
    default: 7717,
    help: 'Port of UI and API; 0 takes any free one',
  },
  {
    name: 'rules',
    type: 'string',
    default: undefined,
    help: 'Folder of rule files; the shipped pack without it',
  },
  {
    name: 'labels',
    type: 'string',
    default: undefined,
    help: "File with the owner's labels for tools",
  },
  {
    name: 'projection',
    type: 'boolean',
    default: true,
    help: 'Keep a redacted projection of contents for the UI',
  },
  {
    name: 'budget.ms',
    type: 'number',
    min: 5,
    max: 10_000,
    default: 50,
    help: 'Milliseconds that a sensor waits for a decision before it decides alone',
  },
  {
    name: 'retention.days',
    type: 'number',
    min: 1,
    max: 3650,
    default: 30,
    help: 'Days that observations are kept',
  },
  {
    name: 'retention.megabytes',
    type: 'number',
    min: 16,
    max: 1_000_000,
    default: 5_000,
    help: 'Size of the store at which the oldest observations go',
  },
  {
    name: 'otlp.endpoint',
    type: 'string',
    default: undefined,
    help: 'OpenTelemetry backend for spans (OTLP over HTTP), e.g. http://127.0.0.1:4318',
  },
  {
    name: 'otlp.headers-file',
    type: 'string',
    default: undefined,
    help: 'File of `name: value` lines to send along; for tokens',
  },
  {
    name: 'otlp.metrics',
    type: 'boolean',
    default: false,
    help: 'Send metrics to that endpoint, too',
  },
  {
    name: 'otlp.destinations',
    type: 'string',
    default: undefined,
    help: 'File with further destinations, each with its own credentials and attribute policy',
  },
];
