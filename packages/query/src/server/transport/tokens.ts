import { createHash } from 'node:crypto';
import { isToken, TokenVerifier, type VerifiedToken } from '@spoor/edge/token';
import type { AuthorizationSettings, CallerSettings } from '../../config/settings.ts';
import { type Caller, PERMISSIONS, scopeOf } from '../caller.ts';
import type { Admission, Admitted } from './admission.ts';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/**
 * The server as a protected resource (RFC 9728): tokens of one issuer that are for it, with a scope
 * for each permission and the subject's tenants. What is not in the token is not allowed.
 */
export function admitTokens(
  settings: AuthorizationSettings,
  callers: readonly CallerSettings[],
): Admission {
  const { resource, issuer, keys, algorithms } = settings;
  const verifier = new TokenVerifier({ issuer, audience: resource.href, keys, algorithms });
  const path = `${WELL_KNOWN}${resource.pathname === '/' ? '' : resource.pathname}`;
  const refused = (status: number, error?: string): Admitted => ({
    status: 'refused',
    response: new Response(null, {
      status,
      headers: { 'www-authenticate': challenge(`${resource.origin}${path}`, error) },
    }),
  });
  return {
    metadata: {
      path,
      document: {
        resource: resource.href,
        authorization_servers: [issuer],
        scopes_supported: PERMISSIONS.map(scopeOf),
        bearer_methods_supported: ['header'],
      },
    },
    admit: async ({ headers }) => {
      const [, token] = /^bearer ([^ ]+)$/i.exec(headers.get('authorization') ?? '') ?? [];
      if (token === undefined) return refused(401);
      if (!isToken(token)) return refused(401, 'invalid_token');
      const check = await verifier.verify(token);
      if (check.status === 'unavailable')
        return { status: 'refused', response: new Response(null, { status: 503 }) };
      if (check.status === 'refused') return refused(401, 'invalid_token');
      return { status: 'admitted', caller: callerOf(check, callers) };
    },
    close: () => verifier.close(),
  };
}

const challenge = (metadata: string, error: string | undefined): string =>
  `Bearer ${error === undefined ? '' : `error="${error}", `}resource_metadata="${metadata}"`;

/** The owner's words narrow what a token gives, and never widen it. */
function callerOf(
  { claims, scopes, tenants }: VerifiedToken,
  callers: readonly CallerSettings[],
): Caller {
  const said = callers.find(({ subject }) => subject === claims.subject);
  const permissions = PERMISSIONS.filter(
    (one) => scopes.has(scopeOf(one)) && (said?.allow?.includes(one) ?? true),
  );
  const own = both(tenants, said?.tenants);
  return {
    id: `t-${pseudonym(`${claims.issuer}\n${claims.subject}`)}`,
    permissions: new Set(permissions),
    // Nobody has said whose data it may read: then it is nobody's but the deployment's own.
    ...(own === undefined ? {} : { tenants: own }),
  };
}

const pseudonym = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);

function both(
  token: readonly string[] | undefined,
  owner: readonly string[] | undefined,
): readonly string[] | undefined {
  if (token === undefined || owner === undefined) return token ?? owner;
  return token.filter((one) => owner.includes(one));
}
