export { Boundary, type Trust } from './boundary.ts';
export { type Exit, serverEnvironment } from './child.ts';
export { SENSOR_SETTINGS } from './config.ts';
export { findHost, identify } from './host.ts';
export { HubClient, type HubClientOptions } from './hubclient.ts';
export { exitAs, type RunOptions, runWrapper, sayToTerminal } from './run.ts';
export { STDIO_TRUST, stdioTrust } from './trust.ts';
