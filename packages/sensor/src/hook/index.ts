export type { HookHost, HookSettings } from './host.ts';
export { HOOK_HOSTS, hookHost } from './hosts.ts';
