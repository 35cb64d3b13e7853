import { CodedError } from '@spoor/core';
import { LOG_LEVELS } from '../server/log.ts';
import { intervalMs, listenOf, listOf, oneOf } from './forms.ts';
import { type DeploymentSettings, MODES, type Partly } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables of `mcp-victoriatraces`, under their names and with their meaning, and the few that
 * this server adds. Throws QUERY_CONFIG, naming the variable and never its value.
 */
export function readEnvironment(env: Environment): Partly {
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;
  const read = <Value>(name: string, form: (text: string) => Value): Value | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    try {
      return form(value);
    } catch (error) {
      throw new CodedError('QUERY_CONFIG', `${name} ${said(error)}`);
    }
  };
  const listen = read('MCP_LISTEN_ADDR', listenOf) ?? read('MCP_SSE_ADDR', listenOf);
  const deployment = deploymentIn(read, text);
  return {
    mode: read('MCP_SERVER_MODE', oneOf(MODES)),
    host: listen?.host,
    port: listen?.port,
    hosts: read('MCP_ALLOWED_HOSTS', listOf),
    disabled: read('MCP_DISABLED_TOOLS', listOf),
    heartbeatMs: read('MCP_HEARTBEAT_INTERVAL', intervalMs),
    logFormat: read('MCP_LOG_FORMAT', oneOf(['text', 'json'])),
    logLevel: read('MCP_LOG_LEVEL', oneOf(LOG_LEVELS)),
    open: read('MCP_ALLOW_UNAUTHENTICATED', isOn),
    deployments: deployment === undefined ? undefined : [deployment],
  };
}

const said = (error: unknown): string => (error instanceof Error ? error.message : 'is not valid');

const isOn = (text: string): boolean => /^(?:1|true|yes|on)$/i.test(text);

type Read = <Value>(name: string, form: (text: string) => Value) => Value | undefined;

function deploymentIn(
  read: Read,
  text: (name: string) => string | undefined,
): DeploymentSettings | undefined {
  const entrypoint = read('VT_INSTANCE_ENTRYPOINT', urlOf);
  if (entrypoint === undefined) return undefined;
  const tenant = read('VT_DEFAULT_TENANT_ID', tenantOf) ?? '0:0';
  const tenants = read('VT_ALLOWED_TENANTS', listOf);
  const headers = read('VT_INSTANCE_HEADERS', headersOf);
  const hasToken = text('VT_INSTANCE_BEARER_TOKEN') !== undefined;
  return {
    name: 'victoriatraces',
    tenant,
    // Whoever runs it on stdio holds its credentials, and may ask for what these may read.
    tenants: tenants ?? 'any',
    backend: {
      kind: 'victoriatraces',
      entrypoint,
      tenant,
      insecure: read('ALLOW_INSECURE_ENTRYPOINT', isOn) ?? false,
      allowedHosts: read('VT_ALLOWED_HOSTS', listOf) ?? [],
      ...(headers === undefined ? {} : { headers }),
      ...(hasToken ? { credentials: [tokenOf(entrypoint)] } : {}),
    },
  };
}

const tokenOf = ({ origin }: URL) =>
  ({ origin, scheme: 'bearer', secret: { environment: 'VT_INSTANCE_BEARER_TOKEN' } }) as const;

export function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Error('is no http(s) URL');
  if (url.username !== '' || url.password !== '') throw new Error('has credentials in the URL');
  return url;
}

/** `AccountID:ProjectID`, or `AccountID` alone. */
function tenantOf(text: string): string {
  const [, account, project = '0'] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(text) ?? [];
  if (account === undefined) throw new Error('is no AccountID:ProjectID');
  return `${account}:${project}`;
}

/** `name=value,name=value`; names and values are checked where they are sent. */
function headersOf(text: string): Readonly<Record<string, string>> {
  const entries = listOf(text).map((one): readonly [string, string] => {
    const at = one.indexOf('=');
    const [name, value] = [one.slice(0, at).trim(), one.slice(at + 1).trim()];
    if (at <= 0 || name === '' || value === '') throw new Error('is no list of name=value');
    return [name, value];
  });
  return Object.fromEntries(entries);
}
