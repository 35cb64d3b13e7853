import type * as AST from '@babel/types';
import type { At } from './machine.ts';
import { outermost } from './machine.ts';
import { resolveModule, type SourceModule } from './module.ts';
import { propertyName } from './paths.ts';
import { runBlock } from './statements.ts';
import { clean, setField, type Value } from './value.ts';

/** What a module exports: of a file of the package, or of another package by name. */
export function exportsOf(specifier: string, at: At): Value {
  const path = resolveModule(at.module.path, specifier, (one) => at.machine.modules.has(one));
  const module = path === undefined ? undefined : at.machine.modules.get(path);
  if (module === undefined) return { labels: 0, from: { module: specifier, name: '*' } };
  runModule(module, at);
  return module.exports;
}

/** Runs a file's top level, once; within a circle what stands already counts. */
export function runModule(module: SourceModule, { machine }: Pick<At, 'machine'>): void {
  if (module.state !== 'fresh') return;
  module.state = 'running';
  module.scope.declare('exports', module.exports);
  runBlock(module.program.body, { machine, module, scope: module.scope, frame: outermost() });
  module.state = 'done';
}

export function importNames(node: AST.ImportDeclaration, at: At): void {
  const exports = exportsOf(node.source.value, at);
  for (const specifier of node.specifiers) {
    const value =
      specifier.type === 'ImportNamespaceSpecifier'
        ? exports
        : exported(exports, importedName(specifier));
    at.scope.declare(specifier.local.name, value);
  }
}

const importedName = (specifier: AST.ImportSpecifier | AST.ImportDefaultSpecifier): string =>
  specifier.type === 'ImportDefaultSpecifier'
    ? 'default'
    : (propertyName(specifier.imported, false) ?? '');

function exported(exports: Value, name: string): Value {
  if (exports.from !== undefined) return { labels: 0, from: { module: exports.from.module, name } };
  return exports.fields?.get(name) ?? clean();
}

export function exportNamed(node: AST.ExportNamedDeclaration, at: At): void {
  for (const name of declaredNames(node.declaration)) {
    const value = at.scope.find(name);
    if (value !== undefined) setField(at.module.exports, name, value);
  }
  const from = node.source ? exportsOf(node.source.value, at) : undefined;
  for (const specifier of node.specifiers) {
    if (specifier.type !== 'ExportSpecifier') continue;
    const local = propertyName(specifier.local, false) ?? '';
    const name = propertyName(specifier.exported, false) ?? local;
    const value = from === undefined ? at.scope.find(local) : exported(from, local);
    if (value !== undefined) setField(at.module.exports, name, value);
  }
}

function declaredNames(declaration: AST.Declaration | null | undefined): readonly string[] {
  if (!declaration) return [];
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) =>
      id.type === 'Identifier' ? [id.name] : [],
    );
  return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : [];
}

export function exportAll(node: AST.ExportAllDeclaration, at: At): void {
  const from = exportsOf(node.source.value, at);
  for (const [name, value] of from.fields ?? []) setField(at.module.exports, name, value);
}
