import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { bodyOf, call, result, upstream } from '../gateway/support.ts';
import { linesTo } from './support.ts';

const headers = ['Authorization', 'Bearer the-secret'];

verifies(
  'upstream:redirects',
  async () => {
    const heard: string[] = [];
    const { url } = await upstream(async (request, response) => {
      heard.push(`${request.url} ${request.headers.authorization} ${await bodyOf(request)}`);
      if (request.url === '/mcp') response.writeHead(308, { location: '/mcp/' }).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(result(1));
    });
    const lines = linesTo(url, { headers });
    lines.write(call(1));
    expect((await lines.reply(1)).result).toBeDefined();
    lines.write(call(1));
    await expect.poll(() => heard.length).toBe(3);
    expect(heard).toEqual([
      `/mcp Bearer the-secret ${call(1)}`,
      `/mcp/ Bearer the-secret ${call(1)}`,
      `/mcp/ Bearer the-secret ${call(1)}`,
    ]);
  },
  { case: 'within the origin' },
);

for (const [name, status, more] of [
  ['another port', 307, ''],
  ['one that changes the method', 302, ''],
  ['a loop', 307, '/mcp'],
] as const)
  verifies(
    'upstream:redirects',
    async () => {
      let elsewhere = 0;
      const other = await upstream((_, response) => {
        elsewhere += 1;
        response.end();
      });
      let asked = 0;
      const { url } = await upstream((_, response) => {
        asked += 1;
        response.writeHead(status, { location: more === '' ? other.url : more }).end();
      });
      const lines = linesTo(url, { headers });
      lines.write(call(1));
      const { error } = await lines.reply(1);
      expect(error?.data).toEqual({ code: 'UPSTREAM_REDIRECT', status });
      expect(elsewhere).toBe(0);
      expect(asked).toBe(more === '' ? 1 : 4);
    },
    { case: name },
  );
