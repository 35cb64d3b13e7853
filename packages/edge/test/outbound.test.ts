import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { CodedError } from '@spoor/core';
import { afterEach, describe, expect, it } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import {
  mayBeAt,
  type OutboundAnswer,
  OutboundClient,
  type OutboundOptions,
  type Resolve,
} from '../src/outbound.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface Running {
  readonly port: number;
  /** Connections so far. */
  connections(): number;
}

async function serve(listener: RequestListener): Promise<Running> {
  let connections = 0;
  const server: Server = createServer(listener).on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

function client(options: Partial<OutboundOptions> = {}): OutboundClient {
  const outbound = new OutboundClient({
    trustedHosts: ['127.0.0.1'],
    timeoutMs: 5_000,
    responseBytesMax: 1_000,
    ...options,
  });
  open.push(() => outbound.close());
  return outbound;
}

const BODY = new TextEncoder().encode('{"resourceSpans":[]}');
const post = (outbound: OutboundClient, url: string): Promise<OutboundAnswer> =>
  outbound.post(new URL(url), { 'content-type': 'application/json' }, BODY);

async function refusal(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
    return 'none';
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
}

describe('OutboundClient, to a host that the owner named', () => {
  it('sends what it is given and hands back what it gets', async () => {
    const { port } = await serve((request, response) => {
      request.setEncoding('utf8');
      let text = '';
      request.on('data', (chunk: string) => {
        text += chunk;
      });
      request.on('end', () => {
        response.writeHead(202).end(`${request.method} ${request.headers['content-type']} ${text}`);
      });
    });
    const answer = await post(client(), `http://127.0.0.1:${port}/v1/traces`);
    expect(answer.status).toBe(202);
    expect(Buffer.from(answer.body).toString()).toBe('POST application/json {"resourceSpans":[]}');
  });

  it('hands back an error status as it is', async () => {
    const { port } = await serve((_, response) => response.writeHead(503).end());
    expect(await post(client(), `http://127.0.0.1:${port}/`)).toMatchObject({ status: 503 });
  });

  it('reaches a trusted name that resolves to loopback', async () => {
    const { port } = await serve((_, response) => response.end());
    const outbound = client({ trustedHosts: ['localhost'] });
    expect(await post(outbound, `http://localhost:${port}/`)).toMatchObject({ status: 200 });
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect: %i', async (status) => {
    const elsewhere = await serve((_, response) => response.end());
    const { port } = await serve((_, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${elsewhere.port}/` }).end();
    });
    expect(await post(client(), `http://127.0.0.1:${port}/`)).toMatchObject({ status });
    expect(elsewhere.connections()).toBe(0);
  });
});

describe('OutboundClient, to anybody else', () => {
  it.each(['https://127.0.0.1', 'https://localhost', 'https://[::1]', 'http://127.0.0.1'])(
    'does not even connect: %s',
    async (origin) => {
      const { port, connections } = await serve((_, response) => response.end());
      const outbound = client({ trustedHosts: ['example.org'] });
      expect(await refusal(post(outbound, `${origin}:${port}/`))).toBe('OUTBOUND_REFUSED');
      expect(connections()).toBe(0);
    },
  );

  verifies('export:guarded', async () => {
    const { port, connections } = await serve((_, response) => response.end());
    const outbound = client({ trustedHosts: ['127.0.0.1'] });
    expect(await refusal(post(outbound, `https://localhost:${port}/`))).toBe('OUTBOUND_REFUSED');
    expect(await refusal(post(outbound, `http://localhost:${port}/`))).toBe('OUTBOUND_REFUSED');
    expect(connections()).toBe(0);
  });
});

/** Answers of a name server, one after another; the last one stays. */
function answering(...answers: (readonly string[])[]): Resolve & { asked(): number } {
  let asked = 0;
  const resolve: Resolve = (_, __, done) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return Object.assign(resolve, { asked: () => asked });
}

/** Public, and routed nowhere from here. */
const FAR = '2a00:dead:beef::1';

describe('OutboundClient, with names that change', () => {
  verifies(
    'export:guarded',
    async () => {
      const { port, connections } = await serve((_, response) => response.end());
      const resolve = answering([FAR], ['127.0.0.1'], [FAR, '::1'], ['::ffff:127.0.0.1']);
      const outbound = client({ trustedHosts: [], timeoutMs: 300, resolve });
      const url = `https://rebind.example:${port}/`;
      expect(await refusal(post(outbound, url))).toBe('OUTBOUND_FAILED');
      for (let turn = 0; turn < 3; turn++)
        expect(await refusal(post(outbound, url))).toBe('OUTBOUND_REFUSED');
      expect(connections()).toBe(0);
    },
    { case: 'rebinding' },
  );

  it('asks once for a connection, and goes where it was told', async () => {
    const { port } = await serve((_, response) => response.end());
    const resolve = answering(['127.0.0.1'], ['192.0.2.1']);
    const outbound = client({ trustedHosts: ['named.example'], resolve });
    expect(await post(outbound, `http://named.example:${port}/`)).toMatchObject({ status: 200 });
    expect(resolve.asked()).toBe(1);
  });

  it('looks at the other end, whatever found it', () => {
    for (const address of ['127.0.0.1', '::1', '10.0.0.1', '169.254.169.254', undefined])
      expect(mayBeAt('example.org', address, []), String(address)).toBe(false);
    expect(mayBeAt('example.org', '93.184.216.34', [])).toBe(true);
    expect(mayBeAt('127.0.0.1', '127.0.0.1', ['127.0.0.1'])).toBe(true);
  });
});

describe('OutboundClient, on redirects of a GET', () => {
  const get = (outbound: OutboundClient, url: string): Promise<OutboundAnswer> =>
    outbound.get(new URL(url), { authorization: 'Bearer hunter2' });

  it('follows three, and no more', async () => {
    let hops = 3;
    const { port } = await serve((request, response) => {
      const at = Number(request.url?.slice(1));
      if (at >= hops) response.end('there');
      else response.writeHead(302, { location: `/${at + 1}` }).end();
    });
    const url = `http://127.0.0.1:${port}/0`;
    expect(Buffer.from((await get(client(), url)).body).toString()).toBe('there');
    hops = 4;
    expect(await refusal(get(client(), url))).toBe('OUTBOUND_FAILED');
  });

  it.each([
    ['an address that nobody named', (port: number) => `http://localhost:${port}/`],
    ['loopback by TLS', (port: number) => `https://[::1]:${port}/`],
    ['a metadata service', () => 'http://169.254.169.254/latest/meta-data/'],
    ['another scheme', () => 'file:///etc/passwd'],
    ['credentials', (port: number) => `http://a:b@127.0.0.1:${port}/`],
  ])('does not go to %s', async (_, location) => {
    const elsewhere = await serve((__, response) => response.end());
    const { port } = await serve((__, response) => {
      response.writeHead(307, { location: location(elsewhere.port) }).end();
    });
    expect(await refusal(get(client(), `http://127.0.0.1:${port}/`))).toBe('OUTBOUND_REFUSED');
    expect(elsewhere.connections()).toBe(0);
  });

  it('keeps credentials from another origin', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end();
    });
    const { port } = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: `http://127.0.0.1:${other.port}/` }).end();
    });
    await get(client(), `http://127.0.0.1:${port}/`);
    expect(seen).toEqual(['Bearer hunter2', undefined]);
  });

  it('counts the time of all hops together', async () => {
    const { port } = await serve((_, response) => {
      setTimeout(() => response.writeHead(302, { location: '/' }).end(), 200);
    });
    const before = performance.now();
    const outbound = client({ timeoutMs: 500 });
    expect(await refusal(get(outbound, `http://127.0.0.1:${port}/`))).toBe('OUTBOUND_FAILED');
    expect(performance.now() - before).toBeLessThan(15_000);
  });

  it('inflates nothing', async () => {
    const { port } = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(900_000)));
    });
    const { body } = await get(client(), `http://127.0.0.1:${port}/`);
    expect(body.length).toBeLessThan(1_000);
    expect([...body.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  });
});

describe('OutboundClient, with a bad server', () => {
  it('takes an answer up to its limit and no byte more', async () => {
    let size = 1_000;
    const { port } = await serve((_, response) => response.end('x'.repeat(size)));
    const url = `http://127.0.0.1:${port}/`;
    expect((await post(client(), url)).body.length).toBe(1_000);
    size = 1_001;
    expect(await refusal(post(client(), url))).toBe('OUTBOUND_FAILED');
  });

  it('hangs up on an answer without end', async () => {
    let hungUp: () => void = () => {};
    const closed = new Promise<void>((done) => {
      hungUp = done;
    });
    const { port } = await serve((_, response) => {
      const timer = setInterval(() => response.write('x'.repeat(400)), 1);
      response.on('close', () => {
        clearInterval(timer);
        hungUp();
      });
    });
    expect(await refusal(post(client(), `http://127.0.0.1:${port}/`))).toBe('OUTBOUND_FAILED');
    await closed;
  });

  it.each<[string, RequestListener]>([
    ['is silent', () => {}],
    ['stops after its head', (_, response) => response.writeHead(200).flushHeaders()],
    [
      'drips',
      (_, response) => {
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('gives up in time on one that %s', async (_, listener) => {
    const { port } = await serve(listener);
    const before = performance.now();
    const outbound = client({ timeoutMs: 300, responseBytesMax: 1_000_000 });
    expect(await refusal(post(outbound, `http://127.0.0.1:${port}/`))).toBe('OUTBOUND_FAILED');
    expect(performance.now() - before).toBeLessThan(15_000);
  });

  it('says so when nobody listens, when it hangs up, and when it speaks no HTTP', async () => {
    const { port } = await serve((request) => request.socket.destroy());
    expect(await refusal(post(client(), `http://127.0.0.1:${port}/`))).toBe('OUTBOUND_FAILED');
    const junk = await serve((request) => request.socket.end('SSH-2.0-OpenSSH\r\n'));
    expect(await refusal(post(client(), `http://127.0.0.1:${junk.port}/`))).toBe('OUTBOUND_FAILED');
    expect(await refusal(post(client(), 'http://127.0.0.1:1/'))).toBe('OUTBOUND_FAILED');
  });

  it('names the host in its error and neither path nor headers, which may be secret', async () => {
    const { port } = await serve((request) => request.socket.destroy());
    const url = new URL(`http://127.0.0.1:${port}/hook/hunter2?key=hunter2`);
    const answer = client().post(url, { authorization: 'hunter2' }, BODY);
    await expect(answer).rejects.toThrow(`127.0.0.1:${port}`);
    await expect(answer).rejects.not.toThrow('hunter2');
  });

  it('refuses a header that would become two', async () => {
    const { port, connections } = await serve((_, response) => response.end());
    const answer = client().post(new URL(`http://127.0.0.1:${port}/`), { a: 'b\r\nc: d' }, BODY);
    expect(await refusal(answer)).toBe('OUTBOUND_FAILED');
    expect(connections()).toBe(0);
  });
});
