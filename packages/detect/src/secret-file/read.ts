import { isObject, LIMITS, type SecretAllowance, type SecretShape } from '@spoor/core';
import { readRegex } from '../rules/literals.ts';
import { compileRegex } from '../rules/text-form.ts';
import { type SecretFileNote, TomlFile } from './toml.ts';

export interface SecretFile {
  readonly shapes: readonly SecretShape[];
  /** What the file says and is not done here. */
  readonly notes: readonly SecretFileNote[];
}

/**
 * Reads rules for secrets as gitleaks and betterleaks have them. Throws SECRETS_INVALID with path
 * and line for what is wrong; what has no meaning where there are no files and commits is noted.
 */
export function readSecretFile(text: string, path: string): SecretFile {
  return new Reader(new TomlFile(text, path)).read();
}

type Table = Readonly<Record<string, unknown>>;

/** Words about a rule that change nothing about what it finds. */
const PLAIN = ['id', 'description', 'tags', 'regex', 'secretGroup', 'entropy', 'keywords'];
const KNOWN_OF_RULE: ReadonlySet<string> = new Set([...PLAIN, 'allowlist', 'allowlists', 'path']);
const KNOWN_OF_FILE: ReadonlySet<string> = new Set(
  'title description minVersion rules allowlist allowlists extend'.split(' '),
);
const KNOWN_OF_ALLOWANCE: ReadonlySet<string> = new Set(
  'description condition regexTarget regexes stopwords targetRules paths commits'.split(' '),
);

class Reader {
  readonly #file: TomlFile;
  readonly #notes: SecretFileNote[] = [];

  constructor(file: TomlFile) {
    this.#file = file;
  }

  read(): SecretFile {
    const { root } = this.#file;
    for (const key of Object.keys(root))
      if (!KNOWN_OF_FILE.has(key)) this.#note(1, `“${key}” is not known here`);
    if (isObject(root.extend)) this.#extend(root.extend);
    const rules = tables(root.rules);
    if (rules.length > LIMITS.secretShapesMax)
      throw this.#file.fault(1, `there are more than ${LIMITS.secretShapesMax} rules`);
    const global = this.#allowances(root, 1, 'the file');
    const ids = new Set<string>();
    const shapes = rules.flatMap((rule, index) => {
      const line = this.#file.lineOf('rules', index);
      const id = typeof rule.id === 'string' ? rule.id : '';
      if (id === '' || ids.has(id))
        throw this.#file.fault(line, id === '' ? 'a rule has no id' : `“${id}” is there twice`);
      ids.add(id);
      return this.#shape(rule, id, index, global);
    });
    return { shapes, notes: this.#notes };
  }

  #extend(extend: Table): void {
    const line = this.#file.lineOf('extend', 0);
    if (extend.useDefault === true)
      this.#note(line, 'only the rules of this file are read; Spoor’s own always hold beside them');
    for (const key of ['path', 'url', 'disabledRules'])
      if (extend[key] !== undefined) this.#note(line, `“extend.${key}” is not followed`);
  }

  #shape(rule: Table, id: string, index: number, global: readonly Allowance[]): SecretShape[] {
    const line = this.#file.lineOf('rules', index);
    for (const key of Object.keys(rule))
      if (!KNOWN_OF_RULE.has(key)) this.#note(line, `rule ${id}: “${key}” is not known here`);
    if (rule.path !== undefined)
      this.#note(line, `rule ${id}: there are no files here, so its “path” is not looked at`);
    if (typeof rule.regex !== 'string') {
      if (rule.regex !== undefined || rule.path === undefined)
        throw this.#file.fault(line, `rule ${id} has no regex`);
      this.#note(line, `rule ${id} is about names of files alone: left out`);
      return [];
    }
    const at = this.#file.lineOf('rules', index, 'regex');
    const groups = this.#compiled(rule.regex, at, `rule ${id}`);
    const group = this.#number(rule, 'secretGroup', index) ?? 0;
    if (group > groups) throw this.#file.fault(at, `rule ${id} has no group ${group}`);
    const entropyMin = this.#number(rule, 'entropy', index);
    const own = this.#allowances(rule, line, `rule ${id}`);
    const theirs = global.filter(({ targets }) => targets.length === 0 || targets.includes(id));
    return [
      {
        id: id.slice(0, LIMITS.nameCharsMax),
        source: rule.regex,
        group,
        ...(entropyMin === undefined ? {} : { entropyMin }),
        needs: needsOf(rule.regex, texts(rule.keywords)),
        allow: [...own, ...theirs].map(({ allowance }) => allowance),
      },
    ];
  }

  #number(rule: Table, key: string, index: number): number | undefined {
    const value = rule[key];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= 0) return value;
    throw this.#file.fault(this.#file.lineOf('rules', index, key), `“${key}” is a number`);
  }

  /** Number of its groups. */
  #compiled(source: string, line: number, what: string): number {
    if (source.length > LIMITS.secretRegexCharsMax)
      throw this.#file.fault(
        line,
        `${what}: its regex is longer than ${LIMITS.secretRegexCharsMax}`,
      );
    try {
      return compileRegex(source, '').groupCount();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw this.#file.fault(line, `${what}: not a regular expression of RE2: ${why}`);
    }
  }

  #allowances(from: Table, line: number, what: string): readonly Allowance[] {
    const all = [...tables(from.allowlists), ...(isObject(from.allowlist) ? [from.allowlist] : [])];
    return all.flatMap((one) => this.#allowance(one, line, what) ?? []);
  }

  #allowance(one: Table, line: number, what: string): Allowance | undefined {
    const { regexTarget: target = 'secret', condition = 'OR' } = one;
    for (const key of Object.keys(one))
      if (!KNOWN_OF_ALLOWANCE.has(key))
        this.#note(line, `${what}: allowlist “${key}” is not known`);
    const every = /^(and|&&)$/i.test(String(condition));
    const lost = ['paths', 'commits'].filter((key) => one[key] !== undefined);
    for (const key of lost)
      this.#note(line, `${what}: its allowlist of ${key} allows nothing: there are none here`);
    // Of conditions that all have to hold, one that never does leaves nothing.
    if (every && lost.length > 0) return undefined;
    const regexes = texts(one.regexes);
    for (const source of regexes) this.#compiled(source, line, `${what}: allowlist`);
    const stopwords = texts(one.stopwords).map((word) => word.toLowerCase());
    if (regexes.length + stopwords.length === 0) return undefined;
    const isTarget = target === 'match' || target === 'line' || target === 'secret';
    if (!isTarget) throw this.#file.fault(line, `${what}: regexTarget is secret, match or line`);
    return { targets: texts(one.targetRules), allowance: { target, every, regexes, stopwords } };
  }

  #note(line: number, message: string): void {
    this.#notes.push(this.#file.note(line, message));
  }
}

interface Allowance {
  /** Rules that it is for; all where there are none. */
  readonly targets: readonly string[];
  readonly allowance: SecretAllowance;
}

const tables = (value: unknown): readonly Table[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** A keyword is what the owner says that is needed; the expression may say more. */
function needsOf(source: string, keywords: readonly string[]): readonly (readonly string[])[] {
  const folded = keywords.map((word) => word.toLowerCase().replaceAll(/\s+/g, ' '));
  // Outside ASCII, a search looks for less than a keyword says.
  const plain = folded.filter((word) => /^[\x00-\x7f]+$/.test(word));
  const { needs } = readRegex(source);
  return plain.length > 0 && plain.length === folded.length ? [plain, ...needs] : needs;
}
