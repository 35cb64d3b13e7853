/**
 * Texts of strangers, made harmless to show: what cannot be seen is taken out, and what a screen
 * would follow, fetch or run is no longer that.
 */

/** Format characters and all that is ignored by default: zero width, direction, tags, selectors. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u3164\uffa0]/gu;
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;
/** Private use and unassigned: nobody knows what a reader takes them for. */
const UNKNOWN = /[\p{Co}\p{Cn}]/gu;

/** One line without anything hidden in it. */
export const plainLine = (text: string): string =>
  text.toWellFormed().replace(INVISIBLE, '').replace(CONTROL, ' ').replace(UNKNOWN, '\ufffd');

const SCHEME = /[a-z][a-z0-9+.-]{0,31}:\/\/[^\s"'<>`)\]}|\\]*/gi;
const OPAQUE = /\b(?:javascript|vbscript|data|mailto|tel|file|blob|about):[^\s"'<>`)\]}|\\]*/gi;
const BARE = /(?<![a-z0-9@/.-])(?:www\.|\/\/)[a-z0-9-]{1,63}\.[^\s"'<>`)\]}|\\]*/gi;

/** Links become the name of where they lead; marks that build links, images and tags are broken. */
export const withoutLinks = (text: string): string =>
  text
    .replace(SCHEME, (link) => `‹link${hostOf(link)}›`)
    .replace(OPAQUE, '‹link›')
    .replace(BARE, (link) => `‹link${hostOf(`x:${link.startsWith('/') ? '' : '//'}${link}`)}›`)
    .replace(/\]\s?(?=[([:])/g, '] ')
    .replace(/!(?=\[)/g, '! ')
    .replace(/`{3,}|~{3,}/g, "'''")
    .replace(/<(?=[a-z/!?|])/gi, '‹');

/** A host that is one, without the rest: a path can carry out what it was given. */
function hostOf(link: string): string {
  const [, host = ''] =
    /^[^:]*:\/\/(?:[^@/?#]*@)?([a-z0-9.-]{1,253})(?::\d{1,5})?(?:[/?#]|$)/i.exec(link) ?? [
      undefined,
      '',
    ];
  return host === '' ? '' : ` to ${host.toLowerCase()}`;
}
