import { remembered } from './names.ts';

/** Names of members that say where content goes, in lower case without separators. */
const NAMES: ReadonlySet<string> = new Set(
  (
    'to cc bcc recipient recipients receiver addressee address addresses email emails mailto attendees participants ' +
    'invitees url uri href link endpoint webhook webhookurl callback callbackurl host hostname domain server ' +
    'destination target channel channelid channels chatid room roomid conversation user userid username repo ' +
    'repository remote bucket account accountnumber iban beneficiary payee phone phonenumber number wallet sharewith'
  ).split(' '),
);

/** `recipient_email` and `toAddress` say it as well as `recipient`. */
const PARTS: ReadonlySet<string> = new Set(
  'to cc bcc recipient recipients receiver email url uri webhook channel destination beneficiary iban'.split(
    ' ',
  ),
);

export const isDestinationName: (name: string) => boolean = remembered((name) => {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return NAMES.has(words.join('')) || words.some((word) => PARTS.has(word));
});

const LOCAL_NAMES = /^(localhost|.*\.(local|localhost|internal|lan|home|test|invalid))$/;
const PRIVATE_V4 = /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./;

/** Is the host outside this machine and its network? Takes a lower-case host without a port. */
export function isExternalHost(host: string): boolean {
  if (host.length > 253 || host.startsWith('[')) return host !== '[::1]' && !/^\[f[cde]/.test(host);
  if (PRIVATE_V4.test(host) || LOCAL_NAMES.test(host)) return false;
  return host.includes('.');
}

/** Providers where anybody has an address: there the domain says nothing of who it is. */
const OPEN_MAIL: ReadonlySet<string> = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com gmx.de gmx.net ' +
    'web.de t-online.de proton.me protonmail.com mail.com mail.ru yandex.ru yandex.com qq.com 163.com 126.com orange.fr ' +
    'free.fr laposte.net libero.it fastmail.com tutanota.com zoho.com hey.com'
  ).split(' '),
);

/**
 * Where a destination belongs: domain of an address (the address, where anybody has one there),
 * host of a URL, else the text itself, such as a channel or an account. In lower case.
 */
export function belongingOf(text: string): readonly string[] {
  // Readers of URLs take one for the other.
  const lower = text.trim().toLowerCase().replaceAll('\\', '/');
  if (!lower.includes('@') || lower.includes('://')) return [hostOf(lower) ?? lower];
  return lower
    .split(/[\s,;<>]+/)
    .filter((part) => part.includes('@', 1))
    .map((address) => {
      const domain = address.slice(address.lastIndexOf('@') + 1);
      return OPEN_MAIL.has(domain) ? address : domain;
    });
}

/** Of `scheme://user@host:port/path`. */
const hostOf = (url: string): string | undefined =>
  /^[a-z][a-z0-9+.-]{0,15}:\/\/(?:[^/?#@]*@)?(\[[0-9a-f:.]+\]|[^/?#:]+)/.exec(url)?.[1];
