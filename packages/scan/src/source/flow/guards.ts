import type { Node } from '@babel/types';
import { withFrame } from './context.ts';
import type { At, Frame } from './machine.ts';
import { bare, pathOf, propertyName, wordsOf } from './paths.ts';
import { labelsOf, type Value } from './value.ts';

/** A value that an allowlist let through: of content nothing is left but that it is known. */
export const narrowed = (value: Value): Value => ({
  ...value,
  labels: 0,
  fields: undefined,
  origin: undefined,
});

/** What holds where a test came out so. */
export function narrow(test: Node, outcome: boolean, at: At): At {
  const found = pathsLetThrough(test, outcome, at);
  const capture = outcome ? captureOf(test, at) : undefined;
  if (found.length === 0 && capture === undefined) return at;
  return withFrame(at, {
    safe: new Set([...at.frame.safe, ...found]),
    ...(capture === undefined ? {} : { capture }),
  });
}

/** Paths that the test lets through when it has this outcome. */
function pathsLetThrough(node: Node, outcome: boolean, at: At): readonly string[] {
  const test = bare(node);
  if (test.type === 'UnaryExpression' && test.operator === '!')
    return pathsLetThrough(test.argument, !outcome, at);
  if (test.type === 'LogicalExpression') {
    const isBoth = (test.operator === '&&') === outcome && test.operator !== '??';
    if (!isBoth) return [];
    return [
      ...pathsLetThrough(test.left, outcome, at),
      ...pathsLetThrough(test.right, outcome, at),
    ];
  }
  if (test.type === 'BinaryExpression') return comparedPaths(test, outcome, at);
  return outcome ? memberPaths(test, at) : [];
}

/** `args.mode === 'fast'`, `key in ALLOWED`, `typeof x === 'number'` are closed sets. */
function comparedPaths(
  test: Extract<Node, { type: 'BinaryExpression' }>,
  outcome: boolean,
  at: At,
): readonly string[] {
  const equal = test.operator === '===' || test.operator === '==';
  const unequal = test.operator === '!==' || test.operator === '!=';
  if (test.operator === 'in' && outcome) return withPartners(pathOf(test.left), at);
  if (!(equal && outcome) && !(unequal && !outcome)) return [];
  const left = bare(test.left);
  if (left.type === 'UnaryExpression' && left.operator === 'typeof') {
    const isPlain = test.right.type === 'StringLiteral' && /number|boolean/.test(test.right.value);
    return isPlain ? withPartners(pathOf(left.argument), at) : [];
  }
  const isLiteral = test.right.type === 'StringLiteral' || test.right.type === 'NumericLiteral';
  return isLiteral ? withPartners(pathOf(test.left), at) : [];
}

/** `ALLOWED.has(key)`, `MODES.includes(args.mode)`: where the list itself is no content. */
function memberPaths(test: Node, at: At): readonly string[] {
  if (test.type !== 'CallExpression' && test.type !== 'OptionalCallExpression') return [];
  const callee = bare(test.callee);
  if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression') return [];
  const name = propertyName(callee.property, callee.computed);
  if (name !== 'has' && name !== 'includes' && name !== 'hasOwn') return [];
  const wanted = name === 'hasOwn' ? test.arguments[1] : test.arguments[0];
  const list = listOf(bare(callee.object), at);
  if (wanted === undefined || list === undefined || labelsOf(list) !== 0) return [];
  return withPartners(pathOf(wanted), at);
}

/** The list, where it is known and was not made of the call's own words. */
function listOf(node: Node, at: At): Value | undefined {
  if (node.type === 'ArrayExpression') return { labels: 0 };
  const path = pathOf(node);
  const [root = ''] = path?.split(/[.[]/) ?? [];
  if (DENIES.test(path ?? '')) return undefined;
  return root === 'this' ? { labels: 0 } : (at.scope.find(root) ?? { labels: 0 });
}

const DENIES = /deny|denied|block|secret|sensitive|forbid|redact|private|exclude|skip|ignore/i;

/** A key that is let through lets its value through: `[key, value]` of the entries of an object. */
function withPartners(path: string | undefined, at: At): readonly string[] {
  if (path === undefined) return [];
  const partner = at.scope.find(`${path} ->`)?.constants?.[0];
  return typeof partner === 'string' ? [path, partner] : [path];
}

const CAPTURE =
  /(?:capture|record|trace|include|send|log|collect|emit|export|allow|enable)\w*(?:content|inputs?|outputs?|args?|arguments?|params?|bod(?:y|ies)|payloads?|messages?|prompts?|pii|results?|response|completions?)|sensitive|\bpii\b/i;
const NAMES = /[A-Za-z_$][\w$]*/g;

/** Is the branch behind a switch for content, and is the switch on by default? */
function captureOf(test: Node, at: At): Frame['capture'] | undefined {
  const text = wordsOf(test, at.module.source);
  const name = text.match(NAMES)?.find((word) => CAPTURE.test(word));
  if (name === undefined || at.frame.capture === 'off-by-default') return undefined;
  const isOn = /!==?\s*false|\?\?\s*true|\|\|\s*true/.test(text) || at.machine.defaultsOn(name);
  return isOn ? 'on-by-default' : 'off-by-default';
}

/** A test of the process's own settings. */
export const isTrustedTest = (test: Node, at: At): boolean =>
  /process\.env|NODE_ENV|config|enabled/i.test(wordsOf(test, at.module.source));
