import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import type { OutboundOptions, RefusedAttempt } from '../../src/outbound.ts';
import { readVector } from '../vectors.ts';
import { answering, client, refusal, serve } from './support.ts';

/** As a client for one backend is made. */
const strict = (port: number): Partial<OutboundOptions> => ({
  trustedHosts: [`127.0.0.1:${port}`],
  plainHttp: 'loopback',
  namedOnly: true,
  timeoutMs: 2_000,
});

interface Blocked {
  readonly must_block_by_default: readonly string[];
}
interface UrlCase {
  readonly input: string;
  readonly failure?: boolean;
}

/** URLs of others' tests, all of them: with names only, no name needs to be resolved. */
function corpus(): readonly string[] {
  const blocked = readVector('extracted/request_filtering_agent_urls.json') as Blocked | undefined;
  const cases = readVector('wpt_url_via_ada/tests/wpt/urltestdata.json') as
    | readonly (UrlCase | string)[]
    | undefined;
  const inputs = (cases ?? []).flatMap((one) => (typeof one === 'object' ? [one.input] : []));
  return [...(blocked?.must_block_by_default ?? []), ...inputs, ...OURS];
}

const OURS = [
  'http://localhost:12456/',
  'http://127.0.0.1:12456/',
  'http://127.1:12456/',
  'http://[::ffff:127.0.0.1]:12456/',
  'https://0x7f.1:12456/',
  'http://127.0.0.1.:12456/',
  'http://127。0。0。1:12456/',
  'http://①②⑦.⓪.⓪.①:12456/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:12456/',
  'http://a@127.0.0.1:12456/',
];

verifies('outbound:named', async () => {
  const victim = await serve((_, response) => response.end('secret'));
  const home = await serve((_, response) => response.end());
  const outbound = client(strict(home.port));
  const urls = corpus()
    .map((text) => text.replaceAll(':12456', `:${victim.port}`))
    .filter((text) => URL.canParse(text));
  expect(urls.length).toBeGreaterThan(10);
  for (const text of urls)
    expect(await refusal(outbound.get(new URL(text), {})), text).toBe('OUTBOUND_REFUSED');
  expect(victim.connections() + home.connections()).toBe(0);
});

verifies(
  'outbound:named',
  async () => {
    const victim = await serve((_, response) => response.end('secret'));
    let location = '';
    const home = await serve((_, response) => response.writeHead(307, { location }).end());
    const told: RefusedAttempt[] = [];
    const outbound = client({ ...strict(home.port), onRefused: (attempt) => told.push(attempt) });
    const urls = corpus()
      .map((text) => text.replaceAll(':12456', `:${victim.port}`))
      // What a header can hold, and what does not lead back to the server itself.
      .filter((text) => /^[\x21-\x7e]+$/.test(text) && URL.canParse(text, home.url))
      .filter((text) => new URL(text, home.url).origin !== new URL(home.url).origin);
    for (const text of urls) {
      location = text;
      expect(await refusal(outbound.get(new URL(home.url), {})), text).toBe('OUTBOUND_REFUSED');
    }
    expect(victim.connections()).toBe(0);
    expect(told).toHaveLength(urls.length);
  },
  { case: 'by a redirect', timeoutMs: 60_000 },
);

verifies(
  'outbound:named',
  async () => {
    const victim = await serve((_, response) => response.end('secret'));
    const resolve = answering(['169.254.169.254'], ['fd00:ec2::254'], ['::ffff:a9fe:a9fe']);
    const outbound = client({
      ...strict(victim.port),
      trustedHosts: [`rebind.example:${victim.port}`],
      plainHttp: 'named',
      resolve,
    });
    const url = new URL(`http://rebind.example:${victim.port}/`);
    for (let turn = 0; turn < 4; turn++)
      expect(await refusal(outbound.get(url, {}))).toBe('OUTBOUND_REFUSED');
    expect(victim.connections()).toBe(0);
  },
  { case: 'by a name that changes' },
);

verifies('outbound:plain', async () => {
  const { port, connections } = await serve((_, response) => response.end('ok'));
  const url = new URL(`http://backend.example:${port}/`);
  const named = {
    ...strict(port),
    trustedHosts: [`backend.example:${port}`],
    resolve: answering(['127.0.0.1']),
  };
  // By its name nobody can tell that it is this machine.
  expect(await refusal(client(named).get(url, {}))).toBe('OUTBOUND_REFUSED');
  expect(connections()).toBe(0);
  const said = client({ ...named, plainHttp: 'named' });
  expect((await said.get(url, {})).status).toBe(200);
  const local = client({ ...strict(port), trustedHosts: [`localhost:${port}`] });
  expect((await local.get(new URL(`http://localhost:${port}/`), {})).status).toBe(200);
});

verifies(
  'outbound:plain',
  async () => {
    const { port, connections } = await serve((_, response) => response.end('ok'));
    const outbound = client({
      ...strict(port),
      trustedHosts: [`localhost:${port}`],
      resolve: answering(['10.255.255.1']),
      timeoutMs: 300,
    });
    const code = await refusal(outbound.get(new URL(`http://localhost:${port}/`), {}));
    expect(code).toMatch(/^OUTBOUND_(REFUSED|FAILED)$/);
    expect(connections()).toBe(0);
  },
  { case: 'localhost that is elsewhere' },
);

verifies('outbound:reported', async () => {
  const { port, url } = await serve((_, response) => {
    response.writeHead(302, { location: 'https://collector.attacker.example/x?token=1' }).end();
  });
  const told: RefusedAttempt[] = [];
  const outbound = client({ ...strict(port), onRefused: (attempt) => told.push(attempt) });
  await refusal(outbound.get(new URL(url), {}));
  await refusal(outbound.get(new URL('https://user:password@other.example/secret'), {}));
  expect(told).toEqual([
    { origin: 'https://collector.attacker.example', redirected: true },
    { origin: 'https://other.example', redirected: false },
  ]);
});

test('another port of a named host is another place', async () => {
  const other = await serve((_, response) => response.end('ok'));
  const { port } = await serve((_, response) => response.end('ok'));
  const outbound = client(strict(port));
  expect(await refusal(outbound.get(new URL(other.url), {}))).toBe('OUTBOUND_REFUSED');
  expect(other.connections()).toBe(0);
});
