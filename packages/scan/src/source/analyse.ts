import { LIMITS } from '@spoor/core';
import type { CheckId } from './checks.ts';
import { callClosure } from './flow/functions.ts';
import { runModule } from './flow/links.ts';
import { Exhausted, Machine, outermost, type Raw } from './flow/machine.ts';
import type { SourceModule } from './flow/module.ts';
import type { Closure } from './flow/value.ts';
import { guessed } from './sources.ts';

/** A file that was not looked at, and why. */
export interface Unread {
  readonly path: string;
  readonly why: string;
}

export interface Analysis {
  readonly findings: readonly Raw[];
  /** How often each check had something to look at. */
  readonly looked: ReadonlyMap<CheckId, number>;
  readonly unread: readonly Unread[];
}

/** Called before each file, so that somebody else can say which one takes too long. */
export type Progress = (path: string) => void;

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  /** Is there no time left? */
  readonly isLate: () => boolean;
}

/** Follows content through the files of one tree. Pure but for the progress that it tells. */
export function analyse(
  modules: ReadonlyMap<string, SourceModule>,
  { dependencies, isLate }: Manifest,
  progress: Progress,
): Analysis {
  const sources = [...modules.values()].map(({ source }) => withoutComments(source));
  const known = new Map<string, boolean>();
  const machine = new Machine(modules, {
    defaultsOn: (name) => {
      const isOn = known.get(name) ?? isOnByDefault(name, sources);
      known.set(name, isOn);
      return isOn;
    },
    majorOf: (name) => majorOf(dependencies[name]),
  });
  const unread = new Map<string, Unread>();
  const attempt = (path: string, work: () => void): void => {
    progress(path);
    try {
      if (isLate()) throw new Exhausted();
      work();
    } catch (error) {
      unread.set(path, { path, why: whyNot(error) });
    }
  };
  for (const module of modules.values()) attempt(module.path, () => runModule(module, { machine }));
  callIdle(machine, attempt);
  for (const { value, raw } of machine.samplers)
    if (value.wrapped !== true) machine.findings.set(JSON.stringify(raw), raw);
  return {
    findings: [...machine.findings.values()],
    looked: machine.looked,
    unread: [...unread.values()],
  };
}

/** Functions that nobody called are called with what their parameters' names say. */
function callIdle(machine: Machine, attempt: (path: string, work: () => void) => void): void {
  for (let rounds = 0; machine.idle.size > 0 && rounds < LIMITS.sourceCallDepthMax; rounds++) {
    const waiting = [...machine.idle.values()];
    machine.idle.clear();
    for (const closure of waiting) attempt(closure.module.path, () => callAlone(closure, machine));
  }
}

function callAlone(closure: Closure, machine: Machine): void {
  const at = { machine, module: closure.module, scope: closure.scope, frame: outermost() };
  callClosure(closure, guessed(closure), at);
}

const whyNot = (error: unknown): string => {
  if (error instanceof Exhausted) return 'the tree takes more work than the limit';
  if (error instanceof RangeError) return 'it is nested too deeply';
  throw error;
};

/** Without lines that are comments: examples in them switch everything on. */
const withoutComments = (source: string): string =>
  source
    .split('\n')
    .filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line))
    .join('\n');

/** A switch that some file of the package sets to true unless somebody says otherwise. */
function isOnByDefault(name: string, sources: readonly string[]): boolean {
  const bare = name.replaceAll(/[^\w$]/g, '');
  if (bare.length < 4) return false;
  const at = new RegExp(
    `${bare.replaceAll('$', '\\$')}\\W{0,3}(?:[:=]\\s*true|\\?\\?=?\\s*true|\\|\\|\\s*true|!==\\s*false)`,
  );
  return sources.some(
    (source) => source.includes(bare) && (at.test(source) || saysYes(bare, source)),
  );
}

const YES = /:\s*true\b|\?\?\s*true|!==\s*false|return true/;

/** `sends() { return config.content !== undefined ? config.content : true; }` */
function saysYes(name: string, source: string): boolean {
  const definition = new RegExp(`^([ \\t]*)(?:[a-z]+ +)*${name} *\\([^)]*\\)[^;{]{0,60}\\{`, 'm');
  const found = definition.exec(source);
  if (found === null) return false;
  const [{ length }, indent = ''] = found;
  const rest = source.slice(found.index + length, found.index + length + 1_500);
  const end = rest.indexOf(`\n${indent}}`);
  return YES.test(end < 0 ? rest.slice(0, 300) : rest.slice(0, end));
}

const majorOf = (range: string | undefined): number | undefined => {
  const major = /(\d+)/.exec(range ?? '')?.[1];
  return major === undefined ? undefined : Number(major);
};
