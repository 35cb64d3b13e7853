import { CodedError, LIMITS, nearest } from '@spoor/core';
import type { HostCredential } from '@spoor/edge';
import { TOKEN_ALGORITHMS } from '@spoor/edge/token';
import { z } from 'zod';
import { PERMISSIONS } from '../server/caller.ts';
import { LOG_LEVELS } from '../server/log.ts';
import { urlOf } from './environment.ts';
import { intervalMs, listenOf } from './forms.ts';
import { type DeploymentSettings, MODES, type Partly } from './settings.ts';

const text = z.string().min(1).max(4_096);
const texts = z.array(text).max(1_000);
const formed = <Value>(form: (text: string) => Value) =>
  text.transform((value, context) => {
    try {
      return form(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : '' });
      return z.NEVER;
    }
  });
const url = formed(urlOf);
const permissions = z.array(z.enum(PERMISSIONS));

const secret = z.union([
  z.strictObject({ file: text }),
  z.strictObject({ env: text }),
  z.strictObject({ command: texts.min(1) }),
]);

const deployment = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,64}$/, 'is no short plain name'),
  kind: z.enum(['spoor', 'victoriatraces', 'jaeger', 'tempo']),
  url: url.optional(),
  token: secret.optional(),
  basic: secret.optional(),
  headers: z.record(text, text).optional(),
  tenant: text.optional(),
  tenants: z.union([z.literal('any'), texts]).default([]),
  'allowed-hosts': texts.optional(),
  insecure: z.boolean().optional(),
  tls: z
    .strictObject({ ca: text.optional(), certificate: text.optional(), key: text.optional() })
    .optional(),
});

const schema = z.strictObject({
  mode: z.enum(MODES).optional(),
  listen: formed(listenOf).optional(),
  hosts: texts.optional(),
  origins: texts.optional(),
  heartbeat: formed(intervalMs).optional(),
  log: z
    .strictObject({
      format: z.enum(['text', 'json']).optional(),
      level: z.enum(LOG_LEVELS).optional(),
    })
    .optional(),
  disabled: texts.optional(),
  allow: permissions.optional(),
  docs: texts.optional(),
  deployments: z.array(deployment).max(LIMITS.queryDeploymentsMax).optional(),
  authorization: z
    .strictObject({
      resource: url,
      issuer: text,
      keys: url,
      algorithms: z.array(z.enum(TOKEN_ALGORITHMS)).min(1).optional(),
    })
    .optional(),
  callers: z
    .array(
      z.strictObject({
        subject: text,
        tenants: texts.optional(),
        allow: permissions.optional(),
      }),
    )
    .optional(),
});

type File = z.infer<typeof schema>;
type Row = z.infer<typeof deployment>;

/** The owner's file, as YAML gave it. Throws QUERY_CONFIG, naming the key. */
export function readFile(value: unknown): Partly {
  const read = schema.safeParse(value ?? {});
  if (!read.success) throw bad(read.error.issues[0]);
  const { listen, log, heartbeat, deployments, authorization, callers, ...rest } = read.data;
  return {
    ...rest,
    host: listen?.host,
    port: listen?.port,
    heartbeatMs: heartbeat,
    logFormat: log?.format,
    logLevel: log?.level,
    deployments: deployments?.map(deploymentOf),
    authorization: authorizationOf(authorization),
    callers: callers?.map(({ subject, tenants, allow }) => ({
      subject,
      ...(tenants === undefined ? {} : { tenants }),
      ...(allow === undefined ? {} : { allow }),
    })),
  };
}

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

function authorizationOf(one: File['authorization']): Partly['authorization'] {
  return one === undefined ? undefined : { ...one, algorithms: one.algorithms ?? ALGORITHMS };
}

function deploymentOf(row: Row, index: number): DeploymentSettings {
  const { name, kind, tenant, tenants } = row;
  const own = { name, tenants, ...(tenant === undefined ? {} : { tenant }) };
  if (kind === 'spoor') return own;
  const { url: entrypoint, headers, insecure, tls } = row;
  if (entrypoint === undefined)
    throw new CodedError('QUERY_CONFIG', `deployments[${index}].url is missing`);
  const credentials = credentialsOf(row, entrypoint.origin);
  return {
    ...own,
    backend: {
      kind,
      entrypoint,
      insecure: insecure ?? false,
      allowedHosts: row['allowed-hosts'] ?? [],
      ...(tenant === undefined ? {} : { tenant }),
      ...(headers === undefined ? {} : { headers }),
      ...(credentials.length === 0 ? {} : { credentials }),
      ...(tls === undefined ? {} : { tls: tlsOf(tls) }),
    },
  };
}

const tlsOf = ({ ca, certificate, key }: NonNullable<Row['tls']>) => ({
  ...(ca === undefined ? {} : { caFile: ca }),
  ...(certificate === undefined ? {} : { certificateFile: certificate }),
  ...(key === undefined ? {} : { keyFile: key }),
});

function credentialsOf({ token, basic }: Row, origin: string): readonly HostCredential[] {
  const rows = [
    ['bearer', token],
    ['basic', basic],
  ] as const;
  return rows.flatMap(([scheme, source]) =>
    source === undefined ? [] : [{ origin, scheme, secret: sourceOf(source) }],
  );
}

const sourceOf = (source: z.infer<typeof secret>): HostCredential['secret'] =>
  'env' in source ? { environment: source.env } : source;

/** The first thing that is wrong, by where it stands. */
function bad(issue: z.core.$ZodIssue | undefined): CodedError {
  const at = (issue?.path ?? [])
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const known = [...Object.keys(schema.shape), ...Object.keys(deployment.shape)];
    const name = at === '' ? key : `${at}.${key}`;
    return new CodedError('QUERY_CONFIG', `${name}; did you mean ${nearest(key, known)}?`);
  }
  return new CodedError('QUERY_CONFIG', `${at || 'the file'}: ${issue?.message ?? ''}`);
}
