import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { CodedError } from '@spoor/core';
import { buildConnector } from 'undici';
import {
  isForbiddenAddress,
  isForbiddenName,
  isLoopbackAddress,
  isLoopbackHost,
  isPublicAddress,
  withoutBrackets,
} from './addresses.ts';

/** Who may be spoken to. */
export interface OutboundRules {
  /**
   * Hosts that the owner configured, as `host` or `host:port`, as they stand in the URL: these may
   * be private or loopback. Link-local addresses and metadata services are refused also here.
   */
  readonly trustedHosts: readonly string[];
  /** Where plain HTTP may go: `named` hosts, or only to loopback. By default `named`. */
  readonly plainHttp?: 'named' | 'loopback';
  /** No other hosts, however public they are. */
  readonly namedOnly?: boolean;
}

/** As `dns.lookup` does with `all`. */
export type Resolve = (
  hostname: string,
  options: LookupOptions,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** Throws OUTBOUND_REFUSED for a URL that nothing of Spoor may be sent to. */
export function checkOutbound(
  url: URL,
  trustedHosts: readonly string[],
  rules: Omit<OutboundRules, 'trustedHosts'> = {},
): void {
  if (url.username !== '' || url.password !== '') {
    throw new CodedError('OUTBOUND_REFUSED', 'credentials in the URL');
  }
  const trusted = isNamed(url, trustedHosts);
  if (url.protocol !== 'https:' && !mayBePlain(url, trusted, rules.plainHttp)) {
    throw new CodedError('OUTBOUND_REFUSED', url.protocol);
  }
  // A literal address never reaches the look-up, so it is checked here.
  const literal = withoutBrackets(url.hostname);
  const isBad =
    isForbiddenName(literal) ||
    isForbiddenAddress(literal) ||
    (!trusted && (rules.namedOnly === true || (isIP(literal) !== 0 && !isPublicAddress(literal))));
  if (isBad) throw new CodedError('OUTBOUND_REFUSED', url.host);
}

const mayBePlain = (
  url: URL,
  trusted: boolean,
  where: OutboundRules['plainHttp'] = 'named',
): boolean =>
  url.protocol === 'http:' && trusted && (where === 'named' || isLoopbackHost(url.hostname));

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

function isNamed(url: URL, trustedHosts: readonly string[]): boolean {
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : url.port;
  return trustedHosts.includes(url.hostname) || trustedHosts.includes(`${url.hostname}:${port}`);
}

/** Of a host alone: which port is meant was checked with the URL. */
const isNamedHost = (hostname: string, trustedHosts: readonly string[]): boolean =>
  trustedHosts.some(
    (named) => withoutBrackets(named.replace(/:\d+$/, '')) === withoutBrackets(hostname),
  ) || trustedHosts.includes(hostname);

/** Checks who is at the other end before a byte is sent: whatever found that address. */
export function checkedConnector(
  options: buildConnector.BuildOptions,
  rules: OutboundRules,
): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, done) =>
    connect(target, (error, socket) => {
      if (error !== null) done(error, null);
      else if (mayEndAt(target, socket.remoteAddress, rules)) done(null, socket);
      else {
        socket.destroy();
        done(new CodedError('OUTBOUND_REFUSED', target.hostname), null);
      }
    });
}

function mayEndAt(
  { hostname, protocol }: { readonly hostname: string; readonly protocol: string },
  address: string | undefined,
  { trustedHosts, plainHttp }: OutboundRules,
): boolean {
  if (protocol === 'http:' && plainHttp === 'loopback' && !isLoopbackAddress(address ?? '::1'))
    return false;
  return mayBeAt(hostname, address, trustedHosts);
}

/** May the connection to a host end at this address? Without one it has ended already. */
export const mayBeAt = (
  hostname: string,
  address: string = '',
  trustedHosts: readonly string[] = [],
): boolean =>
  !isForbiddenAddress(address) && (isNamedHost(hostname, trustedHosts) || isPublicAddress(address));

const systemResolve: Resolve = (hostname, options, done) =>
  lookup(hostname, { ...options, all: true }, done);

/**
 * Fails with OUTBOUND_REFUSED where any address of an untrusted name is not public, or one of a
 * trusted name is forbidden to all.
 */
export function guardedLookup(
  trustedHosts: readonly string[],
  resolve: Resolve = systemResolve,
): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, options, (error, addresses) => {
      const bad = addresses?.some(({ address }) => !mayBeAt(hostname, address, trustedHosts));
      const refused = error ?? (bad ? new CodedError('OUTBOUND_REFUSED', hostname) : null);
      const [first] = addresses ?? [];
      if (refused !== null || first === undefined) done(refused ?? new Error('no address'), '', 0);
      else if (options.all) done(null, [...addresses]);
      else done(null, first.address, first.family);
    });
  };
}
