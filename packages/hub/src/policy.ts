import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { CodedError, type Mode, OBSERVE, type Policy } from '@spoor/core';

/** The owner's choice of where denials are real; kept in one file that a person can read. */
export class PolicyFile {
  readonly #path: string;
  #policy: Policy;

  /**
   * Throws CONFIG_UNREADABLE or CONFIG_BAD_VALUE where the file cannot be believed: whoever chose
   * to enforce must not be left with `observe` because of a damaged file.
   *
   * @param mode What holds while there is no file.
   */
  constructor(path: string, mode: Mode) {
    this.#path = path;
    this.#policy = read(path) ?? { ...OBSERVE, mode };
  }

  get policy(): Policy {
    return this.#policy;
  }

  /**
   * For everything, for one rule, or for one server. Holds from the moment that the file is on
   * disk.
   */
  set(mode: Mode, target: PolicyTarget = {}): Policy {
    const next = changed(this.#policy, mode, target);
    const path = `${this.#path}.next`;
    writeFileSync(path, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(path, this.#path);
    this.#policy = next;
    return next;
  }
}

export interface PolicyTarget {
  readonly rule?: string;
  readonly server?: string;
  /** With a rule: its denial is a question to a person. */
  readonly ask?: boolean;
}

function changed(policy: Policy, mode: Mode, { rule, server, ask }: PolicyTarget): Policy {
  if (rule !== undefined) {
    const others = (policy.ask ?? []).filter((one) => one !== rule);
    const asking = ask === true ? [...others, rule] : others;
    return { ...policy, rules: { ...policy.rules, [rule]: mode }, ask: asking };
  }
  if (server !== undefined) return { ...policy, servers: { ...policy.servers, [server]: mode } };
  return { ...policy, mode };
}

function read(path: string): Policy | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  }
  const { mode, rules, servers, ask } = membersOf(text, path);
  return {
    mode: modeOf(mode, `${path}: mode`),
    rules: modes(rules, `${path}: rules`),
    servers: modes(servers, `${path}: servers`),
    ask: ruleIds(ask, `${path}: ask`),
  };
}

function ruleIds(value: unknown, where: string): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((id) => typeof id === 'string')) return value;
  throw new CodedError('CONFIG_BAD_VALUE', `${where}: expected a list of rules`);
}

function membersOf(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Told below, like any other text that is no object.
  }
  throw new CodedError('CONFIG_UNREADABLE', path);
}

function modeOf(value: unknown, where: string): Mode {
  if (value === 'enforce' || value === 'observe') return value;
  throw new CodedError('CONFIG_BAD_VALUE', `${where}: expected observe or enforce`);
}

function modes(value: unknown, where: string): Record<string, Mode> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new CodedError('CONFIG_BAD_VALUE', `${where}: expected names`);
  return Object.fromEntries(
    Object.entries(value).map(([name, mode]) => [name, modeOf(mode, `${where}.${name}`)]),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
