import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { gatewayTo, raw, result, upstream } from './support.ts';

const request = (...headers: string[]): string =>
  ['GET /mcp HTTP/1.1', ...headers, 'Connection: close', '', ''].join('\r\n');
const statusOf = (answer: string): string => answer.slice(9, 12);

verifies('gateway:rebinding', async () => {
  let reached = 0;
  const { url } = await upstream((_, response) => {
    reached += 1;
    response.end(result(1));
  });
  const { port, counts } = await gatewayTo(url, {
    hosts: ['mcp.example.com'],
    origins: ['https://app.example.com'],
  });
  const refused = [
    request('Host: evil.example.com'),
    request(`Host: evil.example.com:${port}`),
    request('Host: localhost.evil.example.com'),
    request('Host: 127.0.0.1.nip.io'),
    request('Host: localhost@evil.example.com'),
    request('Host: '),
    request('Host: localhost', 'Origin: https://evil.example.com'),
    request('Host: localhost', 'Origin: null'),
    request('Host: localhost', 'Origin: http://localhost.evil.example.com'),
    request('Host: localhost', 'Origin: http://localhost:80/'),
    request('Host: localhost', 'Origin: file://'),
  ];
  for (const one of refused) expect(statusOf(await raw(port, one)), one).toBe('403');
  expect(reached).toBe(0);
  expect((counts.GATEWAY_HOST ?? 0) + (counts.GATEWAY_ORIGIN ?? 0)).toBe(refused.length);
  const fine = [
    request('Host: localhost'),
    request(`Host: 127.0.0.1:${port}`),
    request(`Host: [::1]:${port}`),
    request('Host: MCP.example.com'),
    request('Host: localhost', 'Origin: http://localhost:6274'),
    request('Host: localhost', 'Origin: https://app.example.com'),
  ];
  for (const one of fine) expect(statusOf(await raw(port, one)), one).toBe('200');
});

const HEAD = 'POST /mcp HTTP/1.1\r\nHost: localhost\r\n';
const EMPTY = 'Content-Length: 0\r\nConnection: close\r\n\r\n';
const SHAPES = [
  `${HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n`,
  `${HEAD}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
  `${HEAD}Content-Length: +4\r\n\r\nabcd`,
  `${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
  `${HEAD}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  `${HEAD}X: a\r\n folded\r\n${EMPTY}`,
  `${HEAD}X: a\nContent-Length: 5\r\n${EMPTY}`,
  `${HEAD}Host: evil.example.com\r\n${EMPTY}`,
  `${HEAD}Authorization: a\r\nAuthorization: b\r\n${EMPTY}`,
  `${HEAD}Mcp-Name: a\r\nMcp-Name: b\r\n${EMPTY}`,
  `POST /mcp/../x HTTP/1.1\r\nHost: localhost\r\n${EMPTY}`,
  `POST /mcp/%2e%2E/x HTTP/1.1\r\nHost: localhost\r\n${EMPTY}`,
  `POST /mcp HTTP/1.1\r\n${EMPTY}`,
  `POST http://evil.example.com/mcp HTTP/1.1\r\nHost: localhost\r\n${EMPTY}`,
];

verifies('gateway:smuggling', async () => {
  const seen: string[] = [];
  const { url } = await upstream((one, response) => {
    seen.push(one.url ?? '');
    one.resume();
    response.end('{}');
  });
  const { port, counts } = await gatewayTo(url);
  for (const shape of SHAPES)
    expect(['400', '403', '404'], shape).toContain(statusOf(await raw(port, shape)));
  expect(seen).toEqual([]);
  const counted = Object.entries(counts).filter(([code]) => code.startsWith('GATEWAY_'));
  // Node itself answers a request without a Host.
  const refused = counted.reduce((sum, [, count]) => sum + count, 0);
  expect(refused).toBeGreaterThanOrEqual(SHAPES.length - 1);
});
