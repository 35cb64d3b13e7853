import type { Node } from '@babel/types';
import { LIMITS } from '@spoor/core';
import type { CheckId } from '../checks.ts';
import type { SourceModule } from './module.ts';
import type { Scope } from './scope.ts';
import { type Closure, clean, type Value } from './value.ts';

/** A check failed at a place. */
export interface Raw {
  readonly check: CheckId;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

/** What a function is for whoever calls it. */
export type Role = 'handler' | 'hook' | 'responder' | 'plain';

/** What holds while a function runs. */
export interface Frame {
  readonly role: Role;
  readonly name: string;
  readonly self: Value | undefined;
  /** The context that is active: what `context.active()` answers. */
  readonly active: Value;
  /** Within a branch that only runs where capture of content is switched on. */
  readonly capture: 'always' | 'on-by-default' | 'off-by-default';
  /** Paths such as `args.mode` that an allowlist has let through here. */
  readonly safe: Set<string>;
  /** Variables that the handler's answer is made of. */
  readonly answers: ReadonlySet<string>;
  readonly depth: number;
  /** Within a class or a call that decides on sampling by itself. */
  readonly decides: boolean;
  readonly returned: { value: Value };
  /** What it was called with, as one: what a thrown error may tell. */
  readonly content: Value;
}

export interface At {
  readonly machine: Machine;
  readonly module: SourceModule;
  readonly scope: Scope;
  readonly frame: Frame;
}

/** The tree is too large to be followed within the limits. */
export class Exhausted extends Error {}

interface Outcome {
  readonly returned: Value;
  readonly after: readonly number[];
}

/** What is remembered across all files of a tree. */
export class Machine {
  readonly modules: ReadonlyMap<string, SourceModule>;
  readonly findings: Map<string, Raw> = new Map();
  /** How often each check had something to look at. */
  readonly looked: Map<CheckId, number> = new Map();
  /** Functions nobody has called yet. */
  readonly idle: Map<Node, Closure> = new Map();
  readonly memo: WeakMap<Closure, Map<string, Outcome>> = new WeakMap();
  readonly visits: Map<Node, number> = new Map();
  /** Samplers that drop by chance, with the place where they were made. */
  readonly samplers: { readonly value: Value; readonly raw: Raw }[] = [];
  /** Names of switches that are on unless somebody turns them off. */
  readonly defaultsOn: (name: string) => boolean;
  /** The major version of a dependency, where the manifest says one. */
  readonly majorOf: (name: string) => number | undefined;
  #steps = 0;

  constructor(
    modules: ReadonlyMap<string, SourceModule>,
    facts: Pick<Machine, 'defaultsOn' | 'majorOf'>,
  ) {
    this.modules = modules;
    this.defaultsOn = facts.defaultsOn;
    this.majorOf = facts.majorOf;
  }

  step(): void {
    this.#steps += 1;
    if (this.#steps > LIMITS.sourceStepsMax) throw new Exhausted();
  }

  look(check: CheckId): void {
    this.looked.set(check, (this.looked.get(check) ?? 0) + 1);
  }

  report(check: CheckId, node: Node, at: Pick<At, 'module'>, what: string): void {
    const raw = rawOf(check, node, at, what);
    const key = `${check}\n${raw.path}\n${raw.line}\n${raw.column}`;
    if (!this.findings.has(key)) this.findings.set(key, raw);
  }

  register(closure: Closure): Closure {
    if (!this.visits.has(closure.node)) this.idle.set(closure.node, closure);
    return closure;
  }
}

export const rawOf = (
  check: CheckId,
  node: Node,
  { module }: Pick<At, 'module'>,
  what: string,
): Raw => ({
  check,
  path: module.path,
  line: node.loc?.start.line ?? 1,
  column: (node.loc?.start.column ?? 0) + 1,
  what,
});

export const outermost = (active: Value = clean()): Frame => ({
  role: 'plain',
  name: '',
  self: undefined,
  active,
  capture: 'always',
  safe: new Set(),
  answers: new Set(),
  depth: 0,
  decides: false,
  returned: { value: clean() },
  content: clean(),
});
