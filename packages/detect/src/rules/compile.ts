import { LIMITS } from '@spoor/core';
import { isMap, isScalar, isSeq } from 'yaml';
import { ContentPool } from './content.ts';
import { readCorrelation, referencesOf } from './correlation.ts';
import {
  mapAt,
  optionalTextAt,
  type RuleDocument,
  RuleFault,
  readDocuments,
  textAt,
} from './document.ts';
import {
  asksContent,
  compileExpression,
  type Expression,
  explainExpression,
} from './expression.ts';
import { checkDocument, readMeta } from './meta.ts';
import { needsOf } from './needs.ts';
import { readDetection, TestNumbers } from './selection.ts';
import type { Predicate, Rule, RuleBody, RuleFile, RuleProblem, RuleSet } from './types.ts';

/**
 * Rules from files. What is wrong is reported with its place; whatever can be understood is loaded.
 */
export function compileRules(files: readonly RuleFile[]): {
  readonly rules: RuleSet;
  readonly problems: readonly RuleProblem[];
} {
  const compiler = new Compiler();
  compiler.read(files);
  return {
    rules: {
      rules: compiler.rules.sort((a, b) => (a.ref.id < b.ref.id ? -1 : 1)),
      predicates: compiler.predicates,
      tests: compiler.numbers.count,
      content: compiler.content,
    },
    problems: compiler.problems,
  };
}

class Compiler {
  readonly rules: Rule[] = [];
  readonly predicates: Predicate[] = [];
  readonly problems: RuleProblem[] = [];
  readonly numbers: TestNumbers = new TestNumbers();
  readonly content: ContentPool = new ContentPool();
  readonly placeholders: Map<string, readonly string[]> = new Map();
  readonly #names = new Map<string, number>();
  readonly #ids = new Set<string>();
  /** Rules that fire although correlations are made of them. */
  readonly #alone = new Set<string>();

  read(files: readonly RuleFile[]): void {
    const documents = files.flatMap((file) => this.#documents(file));
    const [tables, rules] = partition(documents, (one) => one.map.has('placeholders'));
    const [correlations, detections] = partition(rules, (one) => one.map.has('correlation'));
    const referenced = new Set(correlations.flatMap(namedBy));
    for (const name of correlations.filter(generates).flatMap(namedBy)) this.#alone.add(name);
    for (const one of tables) this.#guard(one, () => this.#table(one));
    for (const one of detections) this.#guard(one, () => this.#detection(one, referenced));
    for (const one of inOrder(correlations))
      this.#guard(one, () => this.#correlation(one, referenced));
  }

  #documents(file: RuleFile): readonly RuleDocument[] {
    if (file.text.length > LIMITS.ruleFileCharsMax) {
      const message = `a rule file has at most ${LIMITS.ruleFileCharsMax} characters`;
      this.problems.push({ path: file.path, line: 1, column: 1, code: 'unbounded', message });
      return [];
    }
    const { documents, problems } = readDocuments(file);
    this.problems.push(...problems);
    return documents;
  }

  #guard(document: RuleDocument, work: () => void): void {
    try {
      work();
    } catch (fault) {
      if (!(fault instanceof RuleFault)) throw fault;
      this.problems.push(document.locate(fault));
    }
  }

  #detection(document: RuleDocument, referenced: ReadonlySet<string>): void {
    const { map } = document;
    checkDocument(map);
    checkLogsource(document);
    const uuid = textAt(map, 'id');
    const name = optionalTextAt(map, 'name') ?? baseName(document);
    const isStep = referenced.has(name) || referenced.has(uuid);
    const fires = !isStep || map.get('generate') === true || this.#isAlone(name, uuid);
    // Read before anything is registered: a document with a fault leaves nothing behind.
    const expression = readDetection(mapAt(map, 'detection'), this);
    const meta = fires ? readMeta(map, name) : undefined;
    const step = optionalTextAt(map, 'step') ?? textAt(map, 'title');
    this.#claim(name, uuid, map);
    const predicate = this.#predicate(name, uuid, step, expression);
    if (meta) this.#add(document, meta, { type: 'single', predicate });
  }

  #predicate(name: string, uuid: string, step: string, expression: Expression): number {
    const { content } = this;
    const predicate = this.predicates.length;
    this.predicates.push({
      name,
      uuid,
      step,
      needs: needsOf(expression),
      test: compileExpression(expression, content),
      ...(asksContent(expression) && { may: compileExpression(expression, content, true) }),
      explain: (evaluation) => explainExpression(expression, evaluation, content),
      expression,
    });
    this.#names.set(name, predicate).set(uuid, predicate);
    return predicate;
  }

  #correlation(document: RuleDocument, referenced: ReadonlySet<string>): void {
    const { map } = document;
    checkDocument(map);
    const name = optionalTextAt(map, 'name') ?? baseName(document);
    const uuid = textAt(map, 'id');
    const meta = readMeta(map, name);
    const body = readCorrelation(mapAt(map, 'correlation'), (key) => this.#names.get(key));
    this.#claim(name, uuid, map);
    if (!referenced.has(name) && !referenced.has(uuid)) {
      this.#add(document, meta, body);
      return;
    }
    // No observation matches it by itself: its rule says when it does.
    const feeds = this.#predicate(name, uuid, meta.ref.title, { op: 'or', items: [] });
    const fires = this.#isAlone(name, uuid);
    this.#add(document, meta, body, { feeds, ...(fires ? {} : { silent: true }) });
  }

  /** What placeholders of `expand` stand for. */
  #table({ map }: RuleDocument): void {
    const table = mapAt(map, 'placeholders');
    for (const { key, value } of table.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const items = isSeq(value) ? value.items : [value];
      const values = items.map((item) => (isScalar(item) ? item.value : undefined));
      if (values.length === 0 || values.some((one) => one === undefined || one === null))
        throw new RuleFault('bad-value', value ?? key, `%${name}% stands for a list of texts`);
      if (this.placeholders.has(name))
        throw new RuleFault('duplicate', key, `%${name}% has a meaning already`);
      this.placeholders.set(name, values.map(String));
    }
  }

  #add(
    { file }: RuleDocument,
    meta: ReturnType<typeof readMeta>,
    body: RuleBody,
    chain: Pick<Rule, 'feeds' | 'silent'> = {},
  ): void {
    this.rules.push({ ...meta, path: file.path, source: file.text, body, ...chain });
  }

  #isAlone(name: string, uuid: string): boolean {
    return this.#alone.has(name) || this.#alone.has(uuid);
  }

  #claim(name: string, uuid: string, node: unknown): void {
    for (const id of [name, uuid]) {
      if (this.#ids.has(id))
        throw new RuleFault('duplicate', node, `“${id}” is taken by another rule`);
    }
    this.#ids.add(name).add(uuid);
  }
}

function checkLogsource({ map }: RuleDocument): void {
  const product = textAt(mapAt(map, 'logsource'), 'product');
  if (product === 'mcp') return;
  throw new RuleFault('bad-value', map.get('logsource', true), '“logsource” needs `product: mcp`');
}

/** Broken references are found later, with their place. */
function namedBy({ map }: RuleDocument): readonly string[] {
  try {
    return referencesOf(mapAt(map, 'correlation'));
  } catch {
    return [];
  }
}

/** Correlations after those that they are made of; of a circle, what comes first stays unknown. */
function inOrder(correlations: readonly RuleDocument[]): readonly RuleDocument[] {
  const byName = new Map(
    correlations.flatMap((one) => {
      const names = [one.map.get('name') ?? baseName(one), one.map.get('id')];
      return names.map((name) => [String(name), one] as const);
    }),
  );
  const done = new Set<RuleDocument>();
  const open = new Set<RuleDocument>();
  const visit = (one: RuleDocument): void => {
    if (done.has(one) || open.has(one)) return;
    open.add(one);
    for (const name of namedBy(one)) {
      const other = byName.get(name);
      if (other) visit(other);
    }
    done.add(one);
  };
  for (const one of correlations) visit(one);
  return [...done];
}

/** Do the rules of this correlation fire by themselves, too? Sigma has the switch in two places. */
function generates({ map }: RuleDocument): boolean {
  const correlation: unknown = map.get('correlation', true);
  return (
    map.get('generate') === true || (isMap(correlation) && correlation.get('generate') === true)
  );
}

const baseName = ({ file }: RuleDocument): string =>
  (file.path.split(/[/\\]/).at(-1) ?? '').replace(/\.ya?ml$/, '');

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const { yes = [], no = [] } = Object.groupBy(items, (item) => (test(item) ? 'yes' : 'no'));
  return [yes, no];
}
