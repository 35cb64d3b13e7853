import type { Carrier } from '@spoor/core';

/**
 * What a forger puts on a message, for every transport that has a trust boundary: the same rows are
 * tried on each.
 */
export interface TrustCase {
  readonly name: string;
  readonly carrier: Carrier;
  /** A peer whose context is continued: does this one go on? */
  readonly valid: boolean;
  /** Its `tracestate` may go on with it. */
  readonly state?: boolean;
  /** Baggage that a peer may pass for which all is kept. */
  readonly baggage?: string;
}

export const FORGED_TRACE = '0af7651916cd43dd8448eb211c80319c';
export const FORGED_SPAN = 'b7ad6b7169203331';
const parent = (flags: string, version = '00'): string =>
  `${version}-${FORGED_TRACE}-${FORGED_SPAN}-${flags}`;

const members = (n: number, of: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => of(i)).join(',');

/** A word in every value that must not pass. */
export const MARK = 'forged';

export const TRUST_CASES: readonly TrustCase[] = [
  { name: 'nothing', carrier: {}, valid: false },
  { name: 'sampled=01', carrier: { traceparent: parent('01') }, valid: true },
  { name: 'sampled=00', carrier: { traceparent: parent('00') }, valid: true },
  { name: 'unknown flags', carrier: { traceparent: parent('ff') }, valid: true },
  {
    name: 'chosen trace id',
    carrier: { traceparent: `00-${'f'.repeat(32)}-${FORGED_SPAN}-01` },
    valid: true,
  },
  {
    name: 'trace id of zeros',
    carrier: { traceparent: `00-${'0'.repeat(32)}-${FORGED_SPAN}-01` },
    valid: false,
  },
  {
    name: 'span id of zeros',
    carrier: { traceparent: `00-${FORGED_TRACE}-${'0'.repeat(16)}-01` },
    valid: false,
  },
  { name: 'version ff', carrier: { traceparent: parent('01', 'ff') }, valid: false },
  { name: 'later version', carrier: { traceparent: `${parent('01', '42')}-more` }, valid: true },
  { name: 'text behind version 00', carrier: { traceparent: `${parent('01')}-x` }, valid: false },
  {
    name: 'upper case',
    carrier: { traceparent: parent('01').toUpperCase() },
    valid: false,
  },
  { name: 'no text', carrier: { traceparent: { forged: true } }, valid: false },
  {
    name: 'traceparent of a megabyte',
    carrier: { traceparent: `${parent('01', '42')}-${'x'.repeat(1_000_000)}` },
    valid: false,
  },
  {
    name: 'traceparent in a list',
    carrier: { traceparent: [parent('01')] },
    valid: false,
  },
  {
    name: 'two headers of traceparent',
    carrier: { traceparent: `${parent('01')}, ${parent('00')}` },
    valid: false,
  },
  {
    name: 'tracestate',
    carrier: { traceparent: parent('01'), tracestate: `vendor=${MARK}` },
    valid: true,
    state: true,
  },
  {
    name: 'tracestate of 33 members',
    carrier: { traceparent: parent('01'), tracestate: members(33, (i) => `v${i}=${MARK}`) },
    valid: true,
  },
  {
    name: 'tracestate of 513 characters',
    carrier: { traceparent: parent('01'), tracestate: `vendor=${MARK}${'x'.repeat(500)}` },
    valid: true,
  },
  {
    name: 'tracestate with a key twice',
    carrier: { traceparent: parent('01'), tracestate: `v=${MARK},v=2` },
    valid: true,
  },
  { name: 'tracestate alone', carrier: { tracestate: `vendor=${MARK}` }, valid: false },
  {
    name: 'baggage',
    carrier: { baggage: `app.tenant=${MARK}` },
    valid: false,
    baggage: `app.tenant=${MARK}`,
  },
  {
    name: 'baggage with a key twice',
    carrier: { traceparent: parent('01'), baggage: `app.tenant=${MARK},app.tenant=b,app.c=1` },
    valid: true,
    baggage: 'app.c=1',
  },
  {
    name: 'baggage with our own names',
    carrier: { baggage: `spoor.user=${MARK},spoor.session=${MARK}` },
    valid: false,
  },
  {
    name: 'baggage of 65 members',
    carrier: { baggage: members(65, (i) => `k${i}=${MARK}`) },
    valid: false,
  },
  {
    name: 'baggage of a megabyte',
    carrier: { baggage: `app.tenant=${MARK}${'x'.repeat(1_000_000)}` },
    valid: false,
  },
  { name: 'baggage that is none', carrier: { baggage: `${MARK} "text"\u0000` }, valid: false },
];
