import { BlockList, isIP } from 'node:net';
import { CodedError } from '@spoor/core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isPublicAddress, OutboundClient } from '../src/outbound.ts';
import { readVector } from './vectors.ts';

const client = new OutboundClient({ trustedHosts: [], timeoutMs: 500, responseBytesMax: 100 });
afterAll(() => client.close());

/** Code of the refusal. Nothing listens where these go, and nothing may be asked there. */
async function refusal(url: string): Promise<string> {
  if (!URL.canParse(url)) return 'no URL';
  try {
    await client.post(new URL(url), {}, new Uint8Array(0));
    return 'none';
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
}

/** IANA's special-purpose registries, as far as nobody is to be reached there. */
const SPECIAL: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const special = new BlockList();
for (const [network, prefix] of SPECIAL) special.addSubnet(network, prefix, 'ipv4');

const dotted = (value: number): string =>
  [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
const valueOfNetwork = (network: string): number =>
  network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** Any address of a special network. */
const SPECIAL_ADDRESS: fc.Arbitrary<number> = fc
  .constantFrom(...SPECIAL)
  .chain(([network, prefix]) =>
    fc.nat(2 ** (32 - prefix) - 1).map((rest) => valueOfNetwork(network) + rest),
  );

/** One number as decimal, octal or hexadecimal. */
const written = (value: number): fc.Arbitrary<string> =>
  fc.constantFrom(`${value}`, `0${value.toString(8)}`, `0x${value.toString(16)}`);

/** An IPv4 address as URLs may spell it: one to four parts, the last one takes the rest. */
function spelled(value: number): fc.Arbitrary<string> {
  const bytes = [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
  return fc.integer({ min: 1, max: 4 }).chain((parts) => {
    const last = bytes.slice(parts - 1).reduce((sum, byte) => sum * 256 + byte, 0);
    const all = [...bytes.slice(0, parts - 1), last].map(written);
    return fc.tuple(...all).map((texts) => texts.join('.'));
  });
}

describe('isPublicAddress', () => {
  it('refuses the special networks, also mapped into IPv6', () => {
    fc.assert(
      fc.property(SPECIAL_ADDRESS, (value) => {
        expect(isPublicAddress(dotted(value)), dotted(value)).toBe(false);
        expect(isPublicAddress(`::ffff:${dotted(value)}`)).toBe(false);
      }),
    );
  });

  it('calls public only what is outside of them', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (value) => {
        const address = dotted(value);
        if (isPublicAddress(address)) expect(special.check(address)).toBe(false);
      }),
    );
  });

  it.each([
    '::',
    '::1',
    '::7f00:1',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '4000::1',
    '168.63.129.16',
    '::ffff:168.63.129.16',
    '::ffff:a83f:8110',
    '100.100.100.200',
    '192.0.0.192',
    'localhost',
    '',
  ])('refuses %s', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(['1.1.1.1', '8.8.8.8', '168.63.129.17', '::ffff:8.8.8.8', '2606:4700::1111'])(
    'accepts %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
});

describe('addresses in URLs', () => {
  it('are refused however they are spelled', async () => {
    const host = SPECIAL_ADDRESS.chain(spelled);
    await fc.assert(
      fc.asyncProperty(host, async (text) => {
        expect(await refusal(`https://${text}/`), text).toBe('OUTBOUND_REFUSED');
      }),
    );
  });

  it('are refused with credentials, with another scheme, and in clear', async () => {
    for (const url of ['https://u@8.8.8.8/', 'https://:p@8.8.8.8/', 'http://8.8.8.8/']) {
      expect(await refusal(url), url).toBe('OUTBOUND_REFUSED');
    }
    for (const url of ['file:///etc/passwd', 'ftp://8.8.8.8/', 'ws://8.8.8.8/', 'data:,x']) {
      expect(await refusal(url), url).toBe('OUTBOUND_REFUSED');
    }
  });
});

interface Blocked {
  readonly must_block_by_default: readonly string[];
}
const blocked = readVector('extracted/request_filtering_agent_urls.json') as Blocked | undefined;

/** With TLS, so that the address is what is refused. */
const withTls = (url: string): string => url.replace(/^http:/, 'https:');
/** The other names need a resolver of the world outside. */
const isLocal = (url: string): boolean => !/nip\.io|bit\.ly/.test(url);

describe.runIf(blocked !== undefined)('URLs that request-filtering-agent blocks', () => {
  it.each((blocked?.must_block_by_default ?? []).filter(isLocal).map(withTls))(
    '%s',
    async (url) => {
      expect(await refusal(url)).toMatch(/^(OUTBOUND_REFUSED|no URL)$/);
    },
  );
});

interface UrlCase {
  readonly input: string;
  readonly hostname?: string;
  readonly failure?: boolean;
}
const cases = readVector('wpt_url_via_ada/tests/wpt/urltestdata.json') as
  | readonly (UrlCase | string)[]
  | undefined;

/** Inputs whose host is a literal address, in whatever spelling. */
const literals = (cases ?? [])
  .filter((item) => typeof item === 'object')
  .filter(({ hostname = '' }) => isIP(hostname.replace(/^\[|\]$/g, '')) !== 0)
  .filter(({ input }) => URL.canParse(input))
  .map(({ input }) => input.trim().replace(/^https?:/i, 'https:'))
  .filter((input) => !isPublicAddress(new URL(input).hostname.replace(/^\[|\]$/g, '')));

describe.runIf(cases !== undefined)('URLs of the web platform tests with a literal address', () => {
  it('are refused where the address is not public', async () => {
    expect(literals.length).toBeGreaterThan(10);
    for (const input of literals) expect(await refusal(input), input).toBe('OUTBOUND_REFUSED');
  });
});
