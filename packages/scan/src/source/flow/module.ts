import { type ParserOptions, parse } from '@babel/parser';
import type { Program } from '@babel/types';
import { Scope } from './scope.ts';
import { object, type Value } from './value.ts';

/** A file of the package under test, parsed. */
export interface SourceModule {
  /** From the root, with `/`. */
  readonly path: string;
  readonly source: string;
  readonly program: Program;
  readonly scope: Scope;
  readonly exports: Value;
  /** Does it speak of tracing at all? Then `setAttribute` is not that of a document. */
  readonly traces: boolean;
  state: 'fresh' | 'running' | 'done';
}

const TRACING =
  /opentelemetry|\botel\b|sentry|dd-trace|datadog|autotel|logfire|traceloop|openinference|\btracer\b/i;

/** Throws what the parser throws: a `SyntaxError`, or a `RangeError` where nesting has no end. */
export function parseModule(path: string, source: string): SourceModule {
  const { program } = parse(source, optionsOf(path));
  const exports = object();
  return {
    path,
    source,
    program,
    scope: new Scope(),
    exports,
    traces: TRACING.test(source),
    state: 'fresh',
  };
}

function optionsOf(path: string): ParserOptions {
  const typed = /\.[cm]?tsx?$/.test(path);
  const markup = !/\.[cm]?ts$/.test(path);
  return {
    sourceType: 'unambiguous',
    errorRecovery: true,
    attachComment: false,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    plugins: [
      ...(typed ? (['typescript', 'decorators'] as const) : (['decorators'] as const)),
      ...(markup ? (['jsx'] as const) : []),
    ],
  };
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.jsx'];

/** The file that an import names, where the package has it. */
export function resolveModule(
  from: string,
  specifier: string,
  exists: (path: string) => boolean,
): string | undefined {
  const base = baseOf(from, specifier);
  if (base === undefined) return undefined;
  const bare = base.replace(/\.[cm]?jsx?$/, '');
  const candidates = [
    base,
    ...EXTENSIONS.map((extension) => base + extension),
    ...EXTENSIONS.map((extension) => bare + extension),
    ...EXTENSIONS.map((extension) => `${base}/index${extension}`),
  ];
  return candidates.find(exists);
}

function baseOf(from: string, specifier: string): string | undefined {
  const alias = /^[@~]\/(.+)$/.exec(specifier)?.[1];
  if (alias !== undefined) return normal(`src/${alias}`);
  if (!specifier.startsWith('.')) return undefined;
  return normal(`${from.split('/').slice(0, -1).join('/')}/${specifier}`);
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
