import { isExternalHost } from './destinations.ts';
import type { Reading } from './reading.ts';

const isLocalPart = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 64 && code <= 90 && code !== 64) ||
  (code >= 48 && code <= 57) ||
  code === 46 ||
  code === 95 ||
  code === 37 ||
  code === 43 ||
  code === 45;

/** Every e-mail address in a token with an `@`. Linear: no character is read for two addresses. */
export function readEmails(reading: Reading, token: string, offset: number): void {
  let from = 0;
  for (let at = token.indexOf('@'); at >= 0; at = token.indexOf('@', at + 1)) {
    let start = at;
    while (start > from && isLocalPart(token.charCodeAt(start - 1))) start--;
    let end = at + 1;
    while (end < token.length && isLocalPart(token.charCodeAt(end))) end++;
    from = end;
    const domain = token.slice(at + 1, end).replace(/[.%+_-]{1,8}$/, '');
    if (start === at || at - start > 64 || !isDomain(domain)) continue;
    const stop = at + 1 + domain.length;
    reading.mark('pii.email', offset + start, offset + stop);
    reading.atom('email', token.slice(start, stop).toLowerCase(), offset + start, 'pii.email');
    const host = domain.toLowerCase();
    if (reading.destination && isExternalHost(host)) reading.externals.add(host);
  }
}

function isDomain(domain: string): boolean {
  const dot = domain.lastIndexOf('.');
  if (dot < 1 || domain.length > 253 || domain.includes('..')) return false;
  return /^[A-Za-z]{2,24}$/.test(domain.slice(dot + 1)) && /^[A-Za-z0-9.-]+$/.test(domain);
}
