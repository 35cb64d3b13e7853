import { join } from 'node:path';
import type { HubOptions } from '../options.ts';
import { PolicyFile } from '../policy.ts';
import { Stops } from './stops.ts';

/** What the owner has said of decisions, each in a file of the state folder. */
export interface Owner {
  readonly policy: PolicyFile;
  readonly stops: Stops;
}

/** Throws CONFIG_UNREADABLE or CONFIG_BAD_VALUE where a file cannot be believed. */
export const readOwner = ({ home, mode }: HubOptions): Owner => ({
  policy: new PolicyFile(join(home.folder, 'policy.json'), mode),
  stops: new Stops(home.stops),
});
