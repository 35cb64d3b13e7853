import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { Credentials, checkHeaders, type HostCredential } from '../../src/outbound.ts';
import { client, refusal, serve } from './support.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'spoor-credentials-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const bearer = (origin: string, secret: HostCredential['secret']): HostCredential => ({
  origin,
  scheme: 'bearer',
  secret,
});

verifies('outbound:credentials', async () => {
  const seen: (string | undefined)[] = [];
  const { url } = await serve(({ headers }, response) => {
    seen.push(headers.authorization);
    response.end();
  });
  const file = join(folder(), 'token');
  const environment: Record<string, string> = { TOKEN: 'from-environment' };
  const ask = async (row: HostCredential): Promise<void> => {
    await client({ credentials: new Credentials([row], environment) }).get(new URL(url), {});
  };
  writeFileSync(file, 'one\n');
  const fromFile = client({ credentials: new Credentials([bearer(url, { file })]) });
  await fromFile.get(new URL(url), {});
  writeFileSync(file, 'two\n');
  await fromFile.get(new URL(url), {});
  await ask(bearer(url, { environment: 'TOKEN' }));
  await ask(bearer(url, { command: [process.execPath, '-p', '"printed"'] }));
  await ask({ origin: url, scheme: 'basic', secret: { environment: 'TOKEN' } });
  expect(seen).toEqual([
    'Bearer one',
    'Bearer two',
    'Bearer from-environment',
    'Bearer printed',
    `Basic ${Buffer.from('from-environment').toString('base64')}`,
  ]);
});

verifies(
  'outbound:credentials',
  async () => {
    const seen: unknown[] = [];
    const other = await serve(({ headers }, response) => {
      seen.push([headers.authorization, headers['x-own'], headers['x-key']]);
      response.end();
    });
    const first = await serve(({ headers }, response) => {
      seen.push([headers.authorization, headers['x-own'], headers['x-key']]);
      response.writeHead(302, { location: other.url }).end();
    });
    const rows: HostCredential[] = [
      bearer(first.url, { environment: 'FIRST' }),
      { origin: other.url, scheme: 'header', header: 'X-Key', secret: { environment: 'OTHER' } },
    ];
    const credentials = new Credentials(rows, { FIRST: 'first', OTHER: 'other' });
    await client({ credentials }).get(new URL(first.url), { 'x-own': 'custom' });
    expect(seen).toEqual([
      ['Bearer first', 'custom', undefined],
      [undefined, undefined, 'other'],
    ]);
  },
  { case: 'across a redirect' },
);

verifies(
  'outbound:credentials',
  async () => {
    const path = folder();
    const file = join(path, 'now');
    writeFileSync(file, 'old');
    const seen: (string | undefined)[] = [];
    const { url } = await serve(({ headers }, response) => {
      seen.push(headers.authorization);
      response.writeHead(headers.authorization === 'Bearer new' ? 200 : 401).end();
    });
    const command = [
      process.execPath,
      '-p',
      `require('fs').readFileSync(${JSON.stringify(file)}, 'utf8')`,
    ];
    const outbound = client({ credentials: new Credentials([bearer(url, { command })]) });
    expect((await outbound.get(new URL(url), {})).status).toBe(401);
    writeFileSync(file, 'new');
    expect((await outbound.get(new URL(url), {})).status).toBe(200);
    expect((await outbound.get(new URL(url), {})).status).toBe(200);
    expect(seen).toEqual(['Bearer old', 'Bearer old', 'Bearer new', 'Bearer new']);
  },
  { case: 'that a command renews' },
);

describe('a credential that cannot be had', () => {
  test.each<[string, HostCredential['secret'], string]>([
    ['file', { file: '/nowhere/token' }, '/nowhere/token'],
    ['variable', { environment: 'NONE' }, 'NONE'],
    ['command', { command: ['spoor-no-such-command'] }, 'spoor-no-such-command'],
    ['command that fails', { command: [process.execPath, '-e', 'throw "hunter2"'] }, 'node'],
    ['no command', { command: [] }, ''],
  ])('sends nothing, and names the %s', async (_, secret, place) => {
    const { url, connections } = await serve((__, response) => response.end());
    const credentials = new Credentials([bearer(url, secret)], {});
    const answer = client({ credentials }).get(new URL(url), {});
    const error = await answer.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'CREDENTIAL_UNREADABLE' });
    expect(String(error)).toContain(place);
    expect(String(error)).not.toContain('hunter2');
    expect(connections()).toBe(0);
  });

  test('is also one that a header cannot hold', async () => {
    const { url, connections } = await serve((_, response) => response.end());
    const credentials = new Credentials([bearer(url, { environment: 'T' })], {
      T: 'hunter2\r\nx-admin: 1',
    });
    const answer = client({ credentials }).get(new URL(url), {});
    expect(await refusal(answer)).toBe('HEADER_REFUSED');
    await expect(answer).rejects.not.toThrow('hunter2');
    expect(connections()).toBe(0);
  });
});

const code = (headers: Record<string, string>): string => {
  try {
    checkHeaders(headers);
    return 'none';
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
};

const FORBIDDEN = [
  'Host',
  'Connection',
  'Content-Length',
  'Transfer-Encoding',
  'TE',
  'Trailer',
  'Upgrade',
  'Expect',
  'Keep-Alive',
  'Proxy-Authorization',
  'Proxy-Connection',
  'Proxy-Anything',
  'Accept-Encoding',
  'Via',
];

verifies('outbound:headers', () => {
  for (const name of FORBIDDEN)
    for (const form of [name, name.toLowerCase(), name.toUpperCase()])
      expect(code({ [form]: 'x' }), form).toBe('HEADER_REFUSED');
  for (const name of ['', 'a b', 'a:b', 'a\r\nb', 'é', 'a\0', '(a)', 'a'.repeat(200)])
    expect(code({ [name]: 'x' }), name).toBe('HEADER_REFUSED');
  for (const value of ['', ' x', 'x ', 'a\r\nb: c', 'a\nb', 'a\0b', 'é', 'x'.repeat(10_000)])
    expect(code({ 'x-a': value }), value).toBe('HEADER_REFUSED');
  expect(code({ 'X-A': '1', 'x-a': '2' })).toBe('HEADER_REFUSED');
  expect(code(Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`x-${n}`, '1'])))).toBe(
    'HEADER_REFUSED',
  );
  expect(checkHeaders({ 'X-Team': 'a b\tc', 'CF-Access-Client-Id': '1' })).toEqual({
    'x-team': 'a b\tc',
    'cf-access-client-id': '1',
  });
});

verifies(
  'outbound:headers',
  async () => {
    const got: string[][] = [];
    const { url, port } = await serve((request, response) => {
      got.push([request.headers.host ?? '', request.rawHeaders.join('\n')]);
      response.end();
    });
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string({ unit: 'binary' }), async (name, value) => {
        let headers: Readonly<Record<string, string>>;
        try {
          headers = checkHeaders({ [name]: value });
        } catch {
          return;
        }
        await client().get(new URL(url), headers);
        expect(got.at(-1)?.[0]).toBe(`127.0.0.1:${port}`);
      }),
      { numRuns: 50 },
    );
  },
  { case: 'of any name and value' },
);
