import type { InstrumentOptions } from '../options.ts';
import type { HubPort } from './port.ts';

export interface HubTarget {
  readonly side: 'client' | 'server';
  readonly name: string;
}

export function hubFor(_options: InstrumentOptions, _target: HubTarget): HubPort | undefined {
  return undefined;
}
