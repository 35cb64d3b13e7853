import type { MadeSpan } from './otlp.ts';

/**
 * TraceQL as far as one spanset goes, read strictly: what a real parser would take for another
 * condition is one here too.
 */
export type Matches = (span: MadeSpan) => boolean;

const TOKEN =
  /\s*(?:(?<text>"(?:[^"\\\n]|\\["\\bfnrt]|\\u[0-9a-f]{4})*")|(?<word>\.?"(?:[^"\\\n]|\\.)*"|[.A-Za-z_][\w.:-]*|-?\d+(?:\.\d+)?(?:us|ms|s)?)|(?<sign>&&|\|\||!=|>=|<=|[{}()=<>]))/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (let at = 0; at < text.trimEnd().length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [found] = TOKEN.exec(text) ?? [];
    if (found === undefined) throw new Error(`unexpected at ${at}`);
    tokens.push(found.trim());
  }
  return tokens;
}

/** @throws Error for what is no such query */
export function parseTraceQl(text: string): Matches {
  const tokens = tokensOf(text);
  let at = 0;
  const next = (): string => tokens[at++] ?? 'the end';
  const expectToken = (wanted: string): void => {
    const found = next();
    if (found !== wanted) throw new Error(`${wanted} expected, not ${found}`);
  };
  const term = (): Matches => {
    if (tokens[at] !== '(') return comparison(next(), next(), next());
    at += 1;
    const inner = any();
    expectToken(')');
    return inner;
  };
  const all = (): Matches =>
    chain('&&', term, (left, right) => (span) => left(span) && right(span));
  const any = (): Matches => chain('||', all, (left, right) => (span) => left(span) || right(span));
  const chain = (
    sign: string,
    part: () => Matches,
    join: (left: Matches, right: Matches) => Matches,
  ): Matches => {
    let left = part();
    while (tokens[at] === sign) {
      at += 1;
      left = join(left, part());
    }
    return left;
  };
  expectToken('{');
  const matches = any();
  expectToken('}');
  if (at !== tokens.length) throw new Error('more than one spanset');
  return matches;
}

type Value = string | number | boolean | undefined;

function comparison(field: string, sign: string, literal: string): Matches {
  const wanted = literalOf(literal, field);
  return (span) => {
    const held = fieldOf(span, field);
    if (sign === '=') return held === wanted;
    if (sign === '!=') return held !== wanted;
    if (typeof held !== 'number' || typeof wanted !== 'number') return false;
    return sign === '>=' ? held >= wanted : held <= wanted;
  };
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000 };

function literalOf(token: string, field: string): Value {
  if (token.startsWith('"')) return JSON.parse(token) as string;
  if (token === 'true' || token === 'false') return token === 'true';
  const [, number, unit] = /^(-?\d+(?:\.\d+)?)(us|ms|s)?$/.exec(token) ?? [];
  if (number !== undefined) return Number(number) * (unit === undefined ? 1 : (UNITS[unit] ?? 1));
  if (field === 'status' || field === 'kind') return token;
  throw new Error(`no literal: ${token}`);
}

function fieldOf(span: MadeSpan, field: string): Value {
  if (field === 'resource.service.name') return span.service;
  if (field === 'name' || field === 'status' || field === 'kind') return span[field];
  if (field === 'duration') return span.durationMs;
  const [, quoted, plain] = /^\.(?:(".*")|(.+))$/.exec(field) ?? [];
  const key = quoted === undefined ? plain : (JSON.parse(quoted) as string);
  if (key === undefined) throw new Error(`no field: ${field}`);
  return span.attributes[key] ?? span.resource[key];
}
