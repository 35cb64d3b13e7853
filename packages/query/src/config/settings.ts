import type { TokenAlgorithm } from '@spoor/edge/token';
import type { BackendSettings } from '../backend-settings.ts';
import type { Permission } from '../server/caller.ts';
import type { LogFormat, LogLevel } from '../server/log.ts';

export const MODES = ['stdio', 'http', 'sse'] as const;
export type Mode = (typeof MODES)[number];

/** What the owner says of one backend. */
export interface DeploymentSettings {
  readonly name: string;
  /** Without it, the user's own hub. */
  readonly backend?: BackendSettings;
  readonly tenant?: string;
  /** Tenants, beside its own, that may be asked for. */
  readonly tenants: 'any' | readonly string[];
}

/** Where tokens come from, and what each may do (RFC 9728, RFC 9068). */
export interface AuthorizationSettings {
  readonly resource: URL;
  readonly issuer: string;
  readonly keys: URL;
  readonly algorithms: readonly TokenAlgorithm[];
}

/** What the owner says of a subject of the issuer, beyond what its token says. */
export interface CallerSettings {
  readonly subject: string;
  readonly tenants?: readonly string[];
  readonly allow?: readonly Permission[];
}

export interface McpSettings {
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  readonly heartbeatMs: number;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
  readonly disabled: readonly string[];
  /** What everybody may who reaches the server, where no token is asked for. */
  readonly allow: readonly Permission[];
  /** Beyond this machine without authorization. */
  readonly open: boolean;
  readonly docs: readonly string[];
  readonly deployments: readonly DeploymentSettings[];
  readonly authorization?: AuthorizationSettings;
  readonly callers: readonly CallerSettings[];
}

export type Partly = { readonly [Key in keyof McpSettings]?: McpSettings[Key] | undefined };
