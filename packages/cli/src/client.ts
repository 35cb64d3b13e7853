import { CodedError, ERRORS, type ErrorCode, type Problem } from '@spoor/core';
import { type Home, readHubAddress, readToken } from '@spoor/edge/home';

/**
 * The hub's API for commands. Loopback only, by the address that the hub itself wrote into the
 * state folder.
 */
export interface HubApi {
  readonly url: string;
  get<Value>(path: string): Promise<Value>;
  post<Value>(path: string, body: object): Promise<Value>;
}

/** Throws HUB_UNREACHABLE where no hub has written its address. */
export function hubApi(home: Home): HubApi {
  const address = readHubAddress(home);
  const token = readToken(home);
  if (address === undefined || token === undefined) throw new CodedError('HUB_UNREACHABLE');
  const call = async <Value>(method: string, path: string, body?: object): Promise<Value> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${address.url}${path}`, {
      method,
      headers,
      redirect: 'error',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new CodedError('HUB_UNREACHABLE', address.url, error);
    });
    const value: unknown = await response.json();
    if (!response.ok) throw fromProblem(value as Partial<Problem>);
    return value as Value;
  };
  return {
    url: address.url,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
  };
}

function fromProblem({ code, detail }: Partial<Problem>): CodedError {
  const known = code !== undefined && Object.hasOwn(ERRORS, code);
  return new CodedError(known ? (code as ErrorCode) : 'BAD_REQUEST', detail ?? '');
}
