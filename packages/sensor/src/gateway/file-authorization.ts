import type { JsonObject } from '@spoor/core';
import { TOKEN_ALGORITHMS, type TokenAlgorithm } from '@spoor/edge/token';
import { bad, known, text, texts, urlOf } from './file-fields.ts';
import type { Credentials, ResourceOptions, Secret } from './options.ts';

/** Throws GATEWAY_CONFIG, naming the key. */
export function readResource(value: unknown, at: string): ResourceOptions {
  const one = known(value, `${at}.`, [
    'resource',
    'issuer',
    'keys',
    'algorithms',
    'scopes',
    'token',
    'exchange',
  ]);
  const issuer = text(one, 'issuer', at);
  if (issuer === undefined) throw bad(`${at}.issuer is missing`);
  const algorithms = texts(one, 'algorithms', `${at}.`);
  return {
    resource: urlOf(one.resource, `${at}.resource`),
    issuer,
    keys: urlOf(one.keys, `${at}.keys`),
    algorithms: algorithms.length === 0 ? DEFAULT_ALGORITHMS : algorithms.map(algorithmAt(at)),
    scopes: texts(one, 'scopes', `${at}.`),
    upstream: credentialsOf(one, at),
  };
}

const DEFAULT_ALGORITHMS: readonly TokenAlgorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];

const algorithmAt =
  (at: string) =>
  (name: string): TokenAlgorithm => {
    const found = TOKEN_ALGORITHMS.find((one) => one === name);
    if (found === undefined) throw bad(`${at}.algorithms: ${name}`);
    return found;
  };

function credentialsOf({ token, exchange }: JsonObject, at: string): Credentials {
  if (token !== undefined && exchange !== undefined)
    throw bad(`${at} has both a token and an exchange`);
  if (token !== undefined) return { kind: 'token', token: secretOf(token, `${at}.token`) };
  if (exchange === undefined) return { kind: 'none' };
  const where = `${at}.exchange`;
  const one = known(exchange, `${where}.`, [
    'endpoint',
    'client',
    'secret',
    'resource',
    'audience',
    'scope',
  ]);
  const clientId = text(one, 'client', where);
  if (clientId === undefined) throw bad(`${where}.client is missing`);
  const optional = (['resource', 'audience', 'scope'] as const).flatMap((key) => {
    const said = text(one, key, where);
    return said === undefined ? [] : [[key, said]];
  });
  return {
    kind: 'exchange',
    endpoint: urlOf(one.endpoint, `${where}.endpoint`),
    clientId,
    secret: secretOf(one.secret, `${where}.secret`),
    ...(Object.fromEntries(optional) as Partial<Record<'resource' | 'audience' | 'scope', string>>),
  };
}

function secretOf(value: unknown, at: string): Secret {
  const one = known(value, `${at}.`, ['file', 'env']);
  const [file, env] = [text(one, 'file', at), text(one, 'env', at)];
  if (file !== undefined && env === undefined) return { file };
  if (env !== undefined && file === undefined) return { env };
  throw bad(`${at} names either a file or an env`);
}
