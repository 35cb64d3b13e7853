import type { Call } from '../flow/context.ts';
import type { At } from '../flow/machine.ts';
import { baggageCall } from './baggage.ts';
import { exporterMade, metadataSet, resourceMade } from './exporters.ts';
import { loggedValues } from './logs.ts';
import { metricValues } from './metrics.ts';
import { capturingCall } from './options.ts';
import { answeredCall } from './responses.ts';
import { samplerOptions } from './samplers.ts';
import { sessionCall } from './session-url.ts';
import { sentryValues, spanValues } from './spans.ts';

export type Sink = (call: Call, at: At) => void;

/** Each looks at every call; all of them are quick to say that it is none of theirs. */
export const CALL_SINKS: readonly Sink[] = [
  spanValues,
  sentryValues,
  metricValues,
  loggedValues,
  answeredCall,
  baggageCall,
  sessionCall,
  resourceMade,
  metadataSet,
  capturingCall,
  samplerOptions,
];

export const NEW_SINKS: readonly Sink[] = [
  exporterMade,
  resourceMade,
  capturingCall,
  samplerOptions,
  answeredCall,
];
