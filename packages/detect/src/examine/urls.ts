import { isExternalHost } from './destinations.ts';
import { normalise } from './normalise.ts';
import type { Reading } from './reading.ts';

const DATABASES =
  /^(postgres(ql)?|mysql|mariadb|mongodb(\+srv)?|rediss?|amqps?|mssql|sqlserver|clickhouse|ftp|ldaps?)$/;

/**
 * A token with `://` in it: the address, its host, its credentials, and the values that its query
 * carries.
 */
export function readUrl(reading: Reading, token: string, colon: number, offset: number): void {
  let begin = colon;
  while (begin > 0 && isSchemePart(token.charCodeAt(begin - 1))) begin--;
  const scheme = token.slice(begin, colon).toLowerCase();
  if (scheme === '' || scheme.length > 20) return;
  const url = trimEnd(token.slice(begin));
  const authorityStart = colon - begin + 3;
  const rest = url.slice(authorityStart);
  const authority = rest.slice(0, endOfAuthority(rest));
  const at = authority.lastIndexOf('@');
  if (at > 0) credentials(reading, authority.slice(0, at), scheme, offset + begin + authorityStart);
  const host = hostOf(authority.slice(at + 1));
  if (host !== '' && scheme !== 'file') {
    reading.atom('host', host, offset);
    if (isExternalHost(host)) reading.externals.add(host);
  }
  reading.atom('url', normalise(url).replace(/\/$/, ''), offset);
  reading.inside(() => query(reading, rest, offset));
}

const isSchemePart = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  code === 43 ||
  (code >= 48 && code <= 57);

function trimEnd(url: string): string {
  let end = url.length;
  while (end > 0 && '.,;:!?*_'.includes(url[end - 1] ?? '')) end--;
  return url.slice(0, end);
}

function endOfAuthority(rest: string): number {
  for (let i = 0; i < rest.length; i++) {
    const code = rest.charCodeAt(i);
    if (code === 47 || code === 63 || code === 35 || code === 92) return i;
  }
  return rest.length;
}

function hostOf(hostAndPort: string): string {
  const lower = hostAndPort.toLowerCase();
  if (lower.startsWith('[')) return lower.slice(0, lower.indexOf(']') + 1);
  const colon = lower.indexOf(':');
  return (colon < 0 ? lower : lower.slice(0, colon)).replace(/\.$/, '');
}

function credentials(reading: Reading, userinfo: string, scheme: string, offset: number): void {
  const colon = userinfo.indexOf(':');
  const password = userinfo.slice(colon + 1);
  if (colon < 0 || password.length < 3 || /^[${<%*]/.test(password)) return;
  reading.mark('url-credentials', offset, offset + userinfo.length);
  reading.atom('token', password, offset, 'url-credentials');
  if (DATABASES.test(scheme)) reading.count('secret');
}

// Parameters read of one address; more are noise.
const PARAMETERS_MAX = 32;

/** Data leaves in query strings too, percent-encoded. */
function query(reading: Reading, rest: string, offset: number): void {
  const start = rest.indexOf('?');
  if (start < 0) return;
  for (const part of rest.slice(start + 1, start + 4096).split('&', PARAMETERS_MAX)) {
    const value = decode(part.slice(part.indexOf('=') + 1));
    if (value.length >= 6) reading.atom('value', normalise(value), offset);
  }
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
