import { CodedError, LIMITS } from '@spoor/core';

/**
 * Headers that belong to the connection, to the message's length or to a proxy (RFC 9110 §7.6.1,
 * §10.1.1): who could set them could cut one request into two, or speak to another host.
 */
const REFUSED: ReadonlySet<string> = new Set([
  'accept-encoding',
  'alt-used',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 §5.5, without what is obsolete. */
const VALUE = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/;

/**
 * An owner's own headers, under small names.
 *
 * @throws HEADER_REFUSED which names the header, and never its value
 */
export function checkHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const rows = Object.entries(headers);
  if (rows.length > LIMITS.outboundHeadersMax)
    throw new CodedError('HEADER_REFUSED', 'too many headers');
  const checked = new Map<string, string>();
  for (const [name, value] of rows) {
    const key = name.toLowerCase();
    const shown = TOKEN.test(name) && name.length <= LIMITS.nameCharsMax ? name : 'a name';
    if (shown !== name) throw new CodedError('HEADER_REFUSED', 'a name that is no token');
    if (REFUSED.has(key) || key.startsWith('proxy-') || key.startsWith('sec-'))
      throw new CodedError('HEADER_REFUSED', name);
    if (checked.has(key)) throw new CodedError('HEADER_REFUSED', `${name} twice`);
    checked.set(key, headerValue(name, value));
  }
  return Object.fromEntries(checked);
}

/** @throws HEADER_REFUSED for what no header can hold */
export function headerValue(name: string, value: string): string {
  if (value.length > LIMITS.outboundHeaderCharsMax || !VALUE.test(value))
    throw new CodedError('HEADER_REFUSED', `value of ${name}`);
  return value;
}
