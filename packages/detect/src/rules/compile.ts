import { LIMITS } from '@spoor/core';
import { readCorrelation } from './correlation.ts';
import {
  mapAt,
  optionalTextAt,
  type RuleDocument,
  RuleFault,
  readDocuments,
  textAt,
  textsAt,
} from './document.ts';
import { compileExpression, explainExpression, needsOf } from './expression.ts';
import { checkDocument, readMeta } from './meta.ts';
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
    },
    problems: compiler.problems,
  };
}

class Compiler {
  readonly rules: Rule[] = [];
  readonly predicates: Predicate[] = [];
  readonly problems: RuleProblem[] = [];
  readonly numbers: TestNumbers = new TestNumbers();
  readonly #names = new Map<string, number>();
  readonly #ids = new Set<string>();

  read(files: readonly RuleFile[]): void {
    const documents = files.flatMap((file) => this.#documents(file));
    const [correlations, detections] = partition(documents, (one) => one.map.has('correlation'));
    const referenced = new Set(correlations.flatMap(referencesOf));
    for (const one of detections) this.#guard(one, () => this.#detection(one, referenced));
    for (const one of correlations) this.#guard(one, () => this.#correlation(one));
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
    const fires = !isStep || map.get('generate') === true;
    // Read before anything is registered: a document with a fault leaves nothing behind.
    const expression = readDetection(mapAt(map, 'detection'), this.numbers);
    const meta = fires ? readMeta(map, name) : undefined;
    const step = optionalTextAt(map, 'step') ?? textAt(map, 'title');
    this.#claim(name, uuid, map);
    const predicate = this.predicates.length;
    this.predicates.push({
      name,
      uuid,
      step,
      needs: needsOf(expression),
      test: compileExpression(expression),
      explain: (evaluation) => explainExpression(expression, evaluation),
      expression,
    });
    this.#names.set(name, predicate).set(uuid, predicate);
    if (meta) this.#add(document, meta, { type: 'single', predicate });
  }

  #correlation(document: RuleDocument): void {
    const { map } = document;
    checkDocument(map);
    const name = optionalTextAt(map, 'name') ?? baseName(document);
    const meta = readMeta(map, name);
    const body = readCorrelation(mapAt(map, 'correlation'), (key) => this.#names.get(key));
    this.#claim(name, textAt(map, 'id'), map);
    this.#add(document, meta, body);
  }

  #add(document: RuleDocument, meta: ReturnType<typeof readMeta>, body: RuleBody): void {
    this.rules.push({ ...meta, path: document.file.path, source: document.file.text, body });
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
function referencesOf({ map }: RuleDocument): readonly string[] {
  try {
    const correlation = mapAt(map, 'correlation');
    return [...textsAt(correlation, 'rules'), ...textsAt(correlation, 'context')];
  } catch {
    return [];
  }
}

const baseName = ({ file }: RuleDocument): string =>
  (file.path.split(/[/\\]/).at(-1) ?? '').replace(/\.ya?ml$/, '');

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const { yes = [], no = [] } = Object.groupBy(items, (item) => (test(item) ? 'yes' : 'no'));
  return [yes, no];
}
