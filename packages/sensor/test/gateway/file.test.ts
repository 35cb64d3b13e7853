import { CodedError } from '@spoor/core';
import { describe, expect, test } from 'vitest';
import { readGatewayFile, singleUpstream } from '../../src/gateway/index.ts';
import { STDIO_TRUST } from '../../src/trust.ts';

const read = (value: unknown) => readGatewayFile(value, () => STDIO_TRUST);
const upstream = { name: 'files', url: 'http://127.0.0.1:3000/mcp' };
const authorization = {
  resource: 'https://mcp.example.com/files',
  issuer: 'https://login.example.com',
  keys: 'https://login.example.com/jwks',
};

function refusal(value: unknown): string {
  try {
    read(value);
    return 'none';
  } catch (error) {
    return error instanceof CodedError ? `${error.code} ${error.detail}` : String(error);
  }
}

describe("a gateway's file", () => {
  test('says only what it must', () => {
    expect(read({ upstreams: [upstream] })).toMatchObject({
      listen: '127.0.0.1',
      port: 7341,
      upstreams: [{ name: 'files', path: '/files', host: 'upstream' }],
    });
    expect(singleUpstream('http://127.0.0.1:3000/a/mcp', undefined, STDIO_TRUST)).toMatchObject({
      name: '127.0.0.1',
      path: '/a/mcp',
    });
  });

  test('may say more', () => {
    const token = { env: 'FILES_TOKEN' };
    const one = {
      ...upstream,
      path: '/f/',
      mode: 'enforce',
      authorization: { ...authorization, token },
    };
    expect(read({ upstreams: [one] }).upstreams[0]).toMatchObject({
      path: '/f',
      mode: 'enforce',
      resource: { scopes: [], algorithms: expect.arrayContaining(['ES256']), upstream: { token } },
    });
  });

  test.each([
    [null, 'the file is no mapping'],
    [{ upstreams: [] }, 'none is named'],
    [{ upstream: [upstream], upstreams: [upstream] }, 'did you mean upstreams?'],
    [{ upstreams: [{ ...upstream, urls: 1 }] }, 'did you mean url?'],
    [{ upstreams: [{ ...upstream, url: 'ftp://x' }] }, 'no http(s) URL'],
    [{ upstreams: [{ ...upstream, path: '/.well-known/x' }] }, 'no path of a URL'],
    [{ upstreams: [upstream, upstream] }, 'two upstreams have the name files'],
    [{ upstreams: [{ ...upstream, mode: 'block' }] }, 'none of observe, enforce'],
    [{ upstreams: [upstream], port: 70_000 }, 'no port'],
    [
      { upstreams: [{ ...upstream, authorization: { ...authorization, algorithms: ['HS256'] } }] },
      'HS256',
    ],
    [
      { upstreams: [{ ...upstream, authorization: { ...authorization, token: 'secret' } }] },
      'token is no mapping',
    ],
  ])('%j is refused', (value, detail) => {
    expect(refusal(value)).toContain('GATEWAY_CONFIG');
    expect(refusal(value)).toContain(detail);
  });
});
