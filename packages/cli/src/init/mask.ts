import type { ReadClientDocument, Scalar } from '@spoor/edge/clients';
import { applyEdits, type Edit } from './edit.ts';

const HIDDEN = '•••';

/**
 * The text of a configuration with everything hidden that could be secret. Shown are keys, how a
 * server is started, and where it is; and of those not what looks like a token.
 */
export function maskText(text: string, document: ReadClientDocument): string {
  const servers = document.servers.map(({ at }) => at);
  const { scalars, comments } = document.outline();
  const edits: Edit[] = scalars.flatMap((scalar, i) => {
    const hidden = shownPart(scalar, servers, scalars[i - 1]);
    return hidden === scalar.value ? [] : [{ ...scalar, text: JSON.stringify(hidden) }];
  });
  for (const { start, end } of comments) {
    edits.push({ start, end, text: maskComment(text.slice(start, end)) });
  }
  return applyEdits(text, edits).replaceAll(/\\u2022/g, '•');
}

/** What may be shown of a value. */
function shownPart(
  { at, value }: Scalar,
  servers: readonly (readonly string[])[],
  previous: Scalar | undefined,
): unknown {
  if (typeof value !== 'string') return typeof value === 'boolean' ? value : HIDDEN;
  const server = servers.find((keys) => keys.every((key, i) => at[i] === key));
  if (server === undefined) return HIDDEN;
  const rest = at.slice(server.length).map((key) => (typeof key === 'number' ? '' : key));
  const key = rest.join('.');
  if (/^(?:command\.)?args\.$|^command(?:\.path)?$/.test(key)) {
    const flag = previous?.at.at(-2) === 'args' ? previous.value : undefined;
    return maskArgument(value, typeof flag === 'string' ? flag : '');
  }
  if (key === 'type' || key === 'transport') return value;
  return /^(?:url|httpUrl|serverUrl)$/.test(key) ? maskUrl(value) : HIDDEN;
}

const SECRET_NAME = /token|key|secret|passw|pwd|auth|credential|bearer|cookie|session|\bpat\b/i;

/** @param before The argument before it, which may name what this one is. */
export function maskArgument(word: string, before: string): string {
  if (/^--?[\w-]+$/.test(before) && SECRET_NAME.test(before)) return HIDDEN;
  if (/^(?:-H|--header)$/.test(before)) return word.replace(/(:).*$/s, `$1 ${HIDDEN}`);
  const named = /^(-{0,2}[\w.-]+)([=:])(.+)$/s.exec(word);
  const [, name = '', sign = '', value = ''] = named ?? [];
  const isPath = sign === ':' && /^[\\/]/.test(value);
  if (named !== null && !isPath && !(sign === ':' && /^\w:?$/.test(name))) {
    const flag = name.startsWith('-');
    if (!flag || SECRET_NAME.test(name)) return `${name}${sign}${HIDDEN}`;
    return `${name}${sign}${maskArgument(value, '')}`;
  }
  return /^[a-z][a-z\d+.-]*:\/\//i.test(word) ? maskUrl(word) : maskWord(word);
}

/** Scheme, host and the plain words of the path; no user, password, query or long segment. */
function maskUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return HIDDEN;
  const user = url.username === '' && url.password === '' ? '' : `${HIDDEN}@`;
  const path = url.pathname.split('/').map(maskWord).join('/');
  const rest = `${url.search === '' ? '' : `?${HIDDEN}`}${url.hash === '' ? '' : `#${HIDDEN}`}`;
  return `${url.protocol}//${user}${url.host}${path}${rest}`;
}

const TOKEN_PREFIX =
  /(?:sk|pk|rk|gh[opsur]|github_pat|glpat|xox[a-z]|ya29|eyJ|AKIA|npm)[-_.\w]{8,}/;

/** The marks of a comment stay, so that its lines do. */
const maskComment = (text: string): string =>
  text.replace(/[^\s/*#]+/g, (word) => (SECRET_NAME.test(text) ? HIDDEN : maskWord(word)));

/** A word of a path or package is shown; a long run that mixes letters and digits is not. */
function maskWord(word: string): string {
  if (TOKEN_PREFIX.test(word)) return HIDDEN;
  const parts = word.split(/[\s/\\:,;@]+/);
  const secret = parts.some(
    (part) =>
      part.length >= 20 && /\d/.test(part) && /[a-z]/i.test(part) && !/[-.]\d+\.\d/.test(part),
  );
  return secret ? HIDDEN : word;
}
