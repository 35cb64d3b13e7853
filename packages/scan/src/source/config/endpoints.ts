/** `http://` to anywhere but this machine. A text with holes counts by what stands. */
export function isPlainRemote(url: string): boolean {
  const host = /^(?:http|grpc|ws):\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)/i.exec(url)?.[1];
  return host !== undefined && !isLoopback(host) && !/^\$|^$|^\*$|^\u{fffc}|^\{\{/u.test(host);
}

export const isLoopback = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1|[\w.-]+\.localhost)$/i.test(host);

export const hasUserInfo = (url: string): boolean =>
  /^[a-z][a-z\d+.-]*:\/\/[^/?#@\s:]+:[^/?#@\s]{3,}@/i.test(url) &&
  !/:\$\{?|:<|:\*+@|:\u{fffc}/u.test(url);

/** What stands for a secret in examples and templates, and is none. */
export function isPlaceholder(text: string): boolean {
  const value = text.replace(/^(?:Bearer|Basic|ApiKey|Api-Token)\s+/i, '').trim();
  return (
    value.length < 8 ||
    /\$\{|\{\{|\u{fffc}|<[^>]+>|^\$\w+$|%\w+%/u.test(value) ||
    /^(?:x+|\*+|\.+|your|my|change|replace|insert|example|placeholder|test|dummy|fake|todo|redacted|secret$|token$|password$)/i.test(
      value,
    )
  );
}
