export { HUB_SETTINGS } from './config.ts';
export { parseLevels } from './decide/levels.ts';
export { Hub } from './hub.ts';
export type { HubOptions, IngestOptions, OtlpOptions } from './options.ts';
export { compare, type Gap, type Place } from './reconcile/compare.ts';
export { openSqliteStore } from './store/sqlite.ts';
export type { Store } from './store/store.ts';
