import {
  CONTENT_CLASSES,
  type ContentClass,
  type Exception,
  LEVELS,
  type Mask,
  type MaskPart,
  type RuleRef,
  readException,
  sipHash,
  sipKey,
} from '@spoor/core';
import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { checkKeys, oneOf, optionalTextAt, RuleFault, textAt, textsAt } from './document.ts';
import type { Rule, RuleTest } from './types.ts';

const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const;
const RESPONSES = ['alert', 'deny', 'ask', 'modify', 'defer'] as const;

/** Keys of Sigma 2.1, then ours: Sigma allows further top-level keys. */
const KEYS: readonly string[] = [
  'title',
  'name',
  'id',
  'related',
  'taxonomy',
  'status',
  'license',
  'author',
  'date',
  'modified',
  'description',
  'references',
  'logsource',
  'detection',
  'correlation',
  'generate',
  'fields',
  'falsepositives',
  'level',
  'tags',
  'scope',
  'exceptions',
  'response',
  'mask',
  'tests',
  'advice',
  'step',
];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export type Meta = Omit<Rule, 'body' | 'path' | 'source'>;

/** Checks the keys that every document shares. */
export function checkDocument(map: YAMLMap): void {
  checkKeys(map, KEYS);
  if (!UUID.test(textAt(map, 'id'))) {
    throw new RuleFault('bad-value', map.get('id', true), '“id” must be a UUID');
  }
}

/** Everything of a document that fires but what it matches. */
export function readMeta(map: YAMLMap, id: string): Meta {
  const ref: RuleRef = {
    id,
    title: textAt(map, 'title'),
    level: oneOf(map, 'level', LEVELS),
    description: textAt(map, 'description'),
    tags: textsAt(map, 'tags'),
    falsePositives: textsAt(map, 'falsepositives'),
    advice: optionalTextAt(map, 'advice') ?? '',
  };
  return {
    ref,
    uuid: textAt(map, 'id'),
    status: map.has('status') ? oneOf(map, 'status', STATUSES) : 'experimental',
    references: textsAt(map, 'references'),
    response: map.has('response') ? oneOf(map, 'response', RESPONSES) : 'alert',
    ...readMask(map),
    tests: readTests(map),
    exceptions: readExceptions(map, id),
  };
}

/** What `response: modify` masks. */
function readMask(map: YAMLMap): { readonly mask?: Mask } {
  const node: unknown = map.get('mask', true);
  const isWanted = map.get('response') === 'modify';
  if (!isWanted && node === undefined) return {};
  if (!isWanted || !isMap(node))
    throw new RuleFault('bad-value', node ?? map, '“response: modify” and “mask” go together');
  checkKeys(node, ['arguments', 'result']);
  const parts = node.items.map(({ key, value }) => [String(key), readMaskPart(value)] as const);
  if (parts.length === 0) throw new RuleFault('missing', node, '“mask” names nothing');
  return { mask: Object.fromEntries(parts) };
}

function readMaskPart(node: unknown): MaskPart {
  if (!isMap(node)) throw new RuleFault('bad-value', node, 'a mask has “fields” or “classes”');
  checkKeys(node, ['fields', 'classes']);
  const fields = textsAt(node, 'fields');
  const classes = textsAt(node, 'classes');
  const wrong = fields.find((field) => !FIELD_PATH.test(field));
  if (wrong !== undefined) throw new RuleFault('bad-value', node, `no path of a field: ${wrong}`);
  const unknown = classes.find((name) => !CONTENT_CLASSES.some((one) => one === name));
  if (unknown !== undefined) throw new RuleFault('bad-value', node, `no class: ${unknown}`);
  if (fields.length + classes.length === 0)
    throw new RuleFault('missing', node, 'a mask has “fields” or “classes”');
  return {
    ...(fields.length === 0 ? {} : { fields }),
    ...(classes.length === 0 ? {} : { classes: classes as ContentClass[] }),
  };
}

/** As facts have paths: `to`, `rows[].email`. */
const FIELD_PATH = /^[A-Za-z0-9_-]{1,64}(\[\])*(\.[A-Za-z0-9_-]{1,64}(\[\])*){0,15}$/;

/** Outside of the condition, so that each has somebody who answers for it, and an end. */
function readExceptions(map: YAMLMap, rule: string): readonly Exception[] {
  const node: unknown = map.get('exceptions', true);
  if (node === undefined) return [];
  if (!isSeq(node)) throw new RuleFault('bad-value', node, '“exceptions” is a list');
  return node.items.map((item, at) => {
    const value: unknown = isMap(item) ? item.toJSON() : undefined;
    const named = value === undefined ? undefined : { ...(value as object), rule };
    const read = readException(named, () => exceptionId(`${rule} ${at}`));
    if ('exception' in read) return read.exception;
    throw new RuleFault('bad-value', item, `an exception: ${read.problem}`);
  });
}

const exceptionId = (text: string): string => `x-${sipHash(ID_KEY, text).slice(0, 10)}`;
/** Not secret: ids only have to differ. */
const ID_KEY = sipKey(new Uint8Array(16));

function readTests(map: YAMLMap): readonly RuleTest[] {
  const node: unknown = map.get('tests', true);
  if (node === undefined) return [];
  if (!isSeq(node)) throw new RuleFault('bad-value', node, '“tests” is a list');
  return node.items.map((item) => {
    if (!isMap(item)) throw new RuleFault('bad-value', item, 'a test has name, trace and fires');
    checkKeys(item, ['name', 'trace', 'fires']);
    return { name: textAt(item, 'name'), trace: textAt(item, 'trace'), fires: readFires(item) };
  });
}

function readFires(test: YAMLMap): readonly number[] {
  const node: unknown = test.get('fires', true);
  if (!isSeq(node)) throw new RuleFault('missing', node ?? test, '“fires” is a list of `seq`');
  return node.items.map((item) => {
    if (isScalar(item) && typeof item.value === 'number') return item.value;
    throw new RuleFault('bad-value', item, '“fires” is a list of `seq`');
  });
}
