import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { isForbiddenAddress } from '../../src/outbound/addresses.ts';
import { guardedLookup, mayBeAt } from '../../src/outbound.ts';
import { answering, client, refusal } from './support.ts';

const METADATA = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.0.0',
  '169.254.255.255',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::169.254.169.254',
  '64:ff9b::169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '2002:a9fe:a9fe::1',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'fd00:ec2::254',
  'fd00:0ec2:0:0:0:0:0:254',
  'fd20:ce::254',
  '168.63.129.16',
  '::ffff:168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
];

describe('addresses that nobody may name', () => {
  test.each(METADATA)('%s', (address) => {
    expect(isForbiddenAddress(address)).toBe(true);
    expect(mayBeAt('named.example', address, ['named.example'])).toBe(false);
  });

  test.each(['127.0.0.1', '10.0.0.1', '192.168.1.1', '::1', 'fd00::1', '8.8.8.8', '169.253.0.1'])(
    'and one that an owner may: %s',
    (address) => {
      expect(isForbiddenAddress(address)).toBe(false);
      expect(mayBeAt('named.example', address, ['named.example'])).toBe(true);
    },
  );

  test('are forbidden however they stand in IPv6', () => {
    const part = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(part, part, (high, low) => {
        const hex = ((high << 8) | low).toString(16);
        for (const form of [`::ffff:a9fe:${hex}`, `64:ff9b::a9fe:${hex}`, `2002:a9fe:${hex}::`])
          expect(isForbiddenAddress(form), form).toBe(true);
      }),
    );
  });
});

/** In URLs: literal, in other numbers, and by name. */
const URLS = [
  ['http://169.254.169.254/latest/meta-data/', '169.254.169.254'],
  ['http://2852039166/', '169.254.169.254'],
  ['http://0xa9fea9fe/', '169.254.169.254'],
  ['http://0251.0376.0251.0376/', '169.254.169.254'],
  ['http://[::ffff:169.254.169.254]/', '[::ffff:a9fe:a9fe]'],
  ['http://[fd00:ec2::254]/', '[fd00:ec2::254]'],
  ['https://168.63.129.16/', '168.63.129.16'],
  ['https://metadata.google.internal/', 'metadata.google.internal'],
  ['https://METADATA.google.internal./', 'metadata.google.internal.'],
  ['https://metadata/', 'metadata'],
  ['https://instance-data/', 'instance-data'],
] as const;

verifies('outbound:forbidden', async () => {
  for (const [url, host] of URLS) {
    const outbound = client({ trustedHosts: [host], timeoutMs: 500 });
    expect(new URL(url).hostname).toBe(host);
    expect(await refusal(outbound.get(new URL(url), {})), url).toBe('OUTBOUND_REFUSED');
  }
});

verifies(
  'outbound:forbidden',
  async () => {
    for (const address of METADATA) {
      const resolve = answering([address]);
      const outbound = client({ trustedHosts: ['named.example'], resolve, timeoutMs: 500 });
      const answer = outbound.get(new URL('http://named.example/'), {});
      expect(await refusal(answer), address).toBe('OUTBOUND_REFUSED');
      // One bad address among good ones is enough.
      const mixed = guardedLookup(['named.example'], answering(['127.0.0.1', address]));
      const error = await new Promise((done) => mixed('named.example', { all: true }, done));
      expect(error).toMatchObject({ code: 'OUTBOUND_REFUSED' });
    }
  },
  { case: 'where a named host resolves to one' },
);
