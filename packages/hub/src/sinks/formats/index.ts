import type { Notice } from '../notice.ts';
import type { SinkKind, SinkPlace, SinkRequest } from '../sink.ts';
import { elastic } from './elastic.ts';
import { ocsf } from './ocsf.ts';
import { otlp } from './otlp.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { splunk } from './splunk.ts';
import { webhook } from './webhook.ts';

interface Format {
  readonly encode: (notice: Notice, place: SinkPlace) => SinkRequest;
  /** Where it is unless its owner says otherwise. */
  readonly url?: string;
  /** It cannot be told anything without one. */
  readonly needsSecret?: true;
}

export const FORMATS: Readonly<Record<SinkKind, Format>> = {
  webhook: { encode: webhook },
  slack: { encode: slack },
  pagerduty: {
    encode: pagerduty,
    url: 'https://events.pagerduty.com/v2/enqueue',
    needsSecret: true,
  },
  splunk: { encode: splunk, needsSecret: true },
  elastic: { encode: elastic },
  ocsf: { encode: ocsf },
  otlp: { encode: otlp },
};
