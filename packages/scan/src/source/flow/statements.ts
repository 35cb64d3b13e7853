import type * as AST from '@babel/types';
import { baggageTest } from '../sinks/baggage.ts';
import { thrownCheck } from '../sinks/responses.ts';
import { evaluate } from './expressions.ts';
import { answer, classOf, closureOf } from './functions.ts';
import { narrow } from './guards.ts';
import { CONTENT, LABEL } from './labels.ts';
import { exportAll, exportNamed, importNames } from './links.ts';
import type { At } from './machine.ts';
import { bare, pathOf } from './paths.ts';
import { assignTo, bind } from './patterns.ts';
import { Scope } from './scope.ts';
import { carrying, labelsOf, type Value } from './value.ts';

type Handlers = {
  readonly [T in AST.Node['type']]?: (node: Extract<AST.Node, { type: T }>, at: At) => void;
};

/** Statements one after the other, functions and classes first. */
export function runBlock(body: readonly AST.Statement[], at: At): void {
  hoist(body, at);
  let here = at;
  for (const statement of body) {
    runStatement(statement, here);
    here = after(statement, here);
  }
}

function hoist(body: readonly AST.Statement[], at: At): void {
  for (const statement of body) {
    const declared = 'declaration' in statement ? statement.declaration : statement;
    if (declared?.type !== 'FunctionDeclaration') continue;
    const value = closureOf(declared, at);
    at.scope.declare(declared.id?.name ?? 'default', value);
  }
}

/** `if (!ALLOWED.has(key)) continue;` lets the key through for all that comes after it. */
function after(statement: AST.Statement, at: At): At {
  if (statement.type !== 'IfStatement' || statement.alternate) return at;
  const { consequent } = statement;
  const last = consequent.type === 'BlockStatement' ? consequent.body.at(-1) : consequent;
  return last !== undefined && LEAVES.has(last.type) ? narrow(statement.test, false, at) : at;
}

const LEAVES = new Set([
  'ReturnStatement',
  'ContinueStatement',
  'BreakStatement',
  'ThrowStatement',
]);

function runStatement(node: AST.Node, at: At): void {
  at.machine.step();
  const handler = HANDLERS[node.type] as ((node: AST.Node, at: At) => void) | undefined;
  if (handler !== undefined) handler(node, at);
  else if (!node.type.startsWith('TS')) evaluate(node, at);
}

const inBlock = (at: At): At => ({ ...at, scope: new Scope(at.scope) });

const ignore = (): void => undefined;

const HANDLERS: Handlers = {
  BlockStatement: ({ body }, at) => runBlock(body, inBlock(at)),
  ExpressionStatement: ({ expression }, at) => void evaluate(expression, at),
  VariableDeclaration: declareAll,
  FunctionDeclaration: ignore,
  ClassDeclaration: (node, at) => at.scope.declare(node.id?.name ?? 'default', classOf(node, at)),
  ReturnStatement: ({ argument }, at) => {
    if (argument) answer(argument, evaluate(argument, at), at);
  },
  ThrowStatement: (node, at) => thrownCheck(node, evaluate(node.argument, at), at),
  IfStatement: runIf,
  ForStatement: (node, at) => {
    const inner = inBlock(at);
    if (node.init) runStatement(node.init, inner);
    evaluate(node.test, inner);
    runStatement(node.body, inner);
    evaluate(node.update, inner);
  },
  ForOfStatement: runForOf,
  ForInStatement: runForIn,
  WhileStatement: runWhile,
  DoWhileStatement: runWhile,
  SwitchStatement: runSwitch,
  TryStatement: runTry,
  LabeledStatement: ({ body }, at) => runStatement(body, at),
  ImportDeclaration: importNames,
  ExportNamedDeclaration: (node, at) => {
    if (node.declaration) runStatement(node.declaration, at);
    exportNamed(node, at);
  },
  ExportDefaultDeclaration: ({ declaration }, at) => {
    const isFunction = declaration.type === 'FunctionDeclaration';
    const named = isFunction ? at.scope.find(declaration.id?.name ?? 'default') : undefined;
    const value =
      named ??
      (declaration.type === 'ClassDeclaration'
        ? classOf(declaration, at)
        : evaluate(declaration, at));
    at.module.exports.fields?.set('default', value);
  },
  ExportAllDeclaration: exportAll,
  EmptyStatement: ignore,
  DebuggerStatement: ignore,
  BreakStatement: ignore,
  ContinueStatement: ignore,
};

function declareAll({ declarations }: AST.VariableDeclaration, at: At): void {
  for (const { id, init } of declarations) {
    const value = init ? evaluate(init, at) : { labels: 0 };
    bind(id, isAnswer(id, init, value, at) ? asResult(value, at) : value, at);
  }
}

/** A variable that the handler's answer is made of, and that a call has filled. */
function isAnswer(
  id: AST.Node,
  init: AST.Expression | null | undefined,
  value: Value,
  at: At,
): boolean {
  if (id.type !== 'Identifier' || !at.frame.answers.has(id.name) || !init) return false;
  const made = bare(init);
  const isCall = made.type === 'CallExpression' || made.type === 'OptionalCallExpression';
  const isPlain =
    value.kind === undefined && value.closure === undefined && value.fields === undefined;
  return init.type === 'AwaitExpression' && isCall && isPlain && labelsOf(value) === 0;
}

const asResult = (value: Value, at: At): Value => ({
  ...value,
  ...carrying(LABEL.result, `the answer of ${at.frame.name || 'the handler'}`),
});

function runIf(node: AST.IfStatement, at: At): void {
  baggageTest(node.test, [evaluate(node.test, at)], at);
  runStatement(node.consequent, narrow(node.test, true, at));
  if (node.alternate) runStatement(node.alternate, narrow(node.test, false, at));
}

function runWhile(node: AST.WhileStatement | AST.DoWhileStatement, at: At): void {
  evaluate(node.test, at);
  runStatement(node.body, at);
}

function runForOf(node: AST.ForOfStatement, at: At): void {
  const inner = inBlock(at);
  const many = evaluate(node.right, at);
  bindLoop(node.left, elementOf(many), inner);
  runStatement(node.body, inner);
}

/** What stands at any place of a list. */
export function elementOf(many: Value): Value {
  const fields = [...(many.fields?.values() ?? [])];
  const labels = fields.reduce((all, field) => all | field.labels, many.labels);
  const origin = many.origin ?? fields.find((field) => field.labels !== 0)?.origin;
  return {
    ...carrying(labels, origin, many.kind),
    fields: fields.length === 1 ? fields[0]?.fields : undefined,
  };
}

function runForIn(node: AST.ForInStatement, at: At): void {
  const inner = inBlock(at);
  evaluate(node.right, at);
  bindLoop(node.left, { labels: 0 }, inner);
  const key = node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left;
  const path = key === undefined ? undefined : pathOf(key);
  if (path !== undefined) inner.scope.declare(`${path} ->`, { labels: 0 });
  runStatement(node.body, inner);
}

function bindLoop(left: AST.Node, value: Value, at: At): void {
  const [first] = left.type === 'VariableDeclaration' ? left.declarations : [];
  if (first === undefined) assignTo(left, value, at);
  else bind(first.id, value, at);
}

function runSwitch(node: AST.SwitchStatement, at: At): void {
  const value = evaluate(node.discriminant, at);
  baggageTest(node.discriminant, [value], at);
  const path = pathOf(node.discriminant);
  const inner = inBlock(at);
  for (const one of node.cases) {
    const known =
      one.test && path !== undefined ? new Set([...at.frame.safe, path]) : at.frame.safe;
    // A sampler that a name asks for is whoever gives the name's choice.
    const decides = inner.frame.decides || one.test?.type === 'StringLiteral';
    const here: At = { ...inner, frame: { ...inner.frame, safe: known, decides } };
    for (const statement of one.consequent) runStatement(statement, here);
  }
}

function runTry(node: AST.TryStatement, at: At): void {
  runStatement(node.block, at);
  const { handler } = node;
  if (handler) {
    const inner = inBlock(at);
    const content = labelsOf(at.frame.content) & CONTENT;
    const error =
      content === 0
        ? { labels: 0 }
        : carrying(LABEL.error, `an error while ${at.frame.name || 'the handler'} works`);
    if (handler.param) bind(handler.param, error, inner);
    runStatement(handler.body, inner);
  }
  if (node.finalizer) runStatement(node.finalizer, at);
}
