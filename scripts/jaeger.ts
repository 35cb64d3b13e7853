import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'spoor-backends');

/** Jaeger 2 lies in the repository of version 1. `scripts/backends.ts` builds it. */
export interface JaegerBuild {
  readonly module: string;
  readonly command: string;
  readonly version: string;
  readonly path: string;
}

export const JAEGER: JaegerBuild = {
  module: 'github.com/jaegertracing/jaeger',
  command: 'cmd/jaeger',
  version: 'v1.76.0',
  path: join(CACHE, 'jaeger-1.76.0'),
};
