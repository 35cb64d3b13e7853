import ipaddr from 'ipaddr.js';

/** A cloud's metadata service on an address that ranges call public. */
const PLATFORM_ADDRESS = '168.63.129.16';

export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  // IANA has given out nothing but 2000::/3, and old forms such as `::127.0.0.1` lie outside of it.
  if (parsed instanceof ipaddr.IPv6 && ((parsed.parts[0] ?? 0) & 0xe000) !== 0x2000) return false;
  return parsed.range() === 'unicast' && parsed.toString() !== PLATFORM_ADDRESS;
}

export function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/**
 * Where clouds and containers hand out credentials. Nothing of Spoor goes there, whoever named it.
 * Those of 169.254.0.0/16 and fe80::/10 are refused with their networks.
 */
const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  PLATFORM_ADDRESS,
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::23',
  'fd00:ec2::254',
  'fd20:ce::254',
]);

const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'metadata.packet.net',
  'metadata.platformequinix.com',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** Link-local and metadata addresses, also where an IPv6 address holds one of IPv4. */
export function isForbiddenAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() === 'linkLocal' || METADATA_ADDRESSES.has(plain(parsed))) return true;
  if (!(parsed instanceof ipaddr.IPv6)) return false;
  return embedded(parsed.parts).some(isForbiddenAddress);
}

/** Without a zone, which names an interface. */
const plain = (address: ipaddr.IPv4 | ipaddr.IPv6): string =>
  address.toString().replace(/%.*$/, '');

/** Addresses of IPv4 that translation (NAT64), 6to4 or an old notation would go to. */
function embedded(parts: readonly number[]): readonly string[] {
  const at = (index: number): string => {
    const [high = 0, low = 0] = parts.slice(index, index + 2);
    return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
  };
  if (parts[0] === 0x2002) return [at(1)];
  if (parts[0] === 0x64 && parts[1] === 0xff9b) return [at(6)];
  return parts.slice(0, 4).every((part) => part === 0) ? [at(6)] : [];
}

export const isForbiddenName = (hostname: string): boolean =>
  METADATA_NAMES.has(hostname.toLowerCase().replace(/\.+$/, ''));

/** `localhost` and names under it (RFC 6761 §6.3), and literal addresses. */
export const isLoopbackHost = (hostname: string): boolean =>
  /^([^.]+\.)*localhost\.?$/i.test(hostname) || isLoopbackAddress(withoutBrackets(hostname));

export const withoutBrackets = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');
