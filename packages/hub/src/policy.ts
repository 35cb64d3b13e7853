import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  CodedError,
  type FailByLabel,
  type Mode,
  OBSERVE,
  type Policy,
  parseFail,
} from '@spoor/core';

/** The owner's choice of where denials are real; kept in one file that a person can read. */
export class PolicyFile {
  readonly #path: string;
  #policy: Policy;

  /**
   * Throws CONFIG_UNREADABLE or CONFIG_BAD_VALUE where the file cannot be believed: whoever chose
   * to enforce must not be left with `observe` because of a damaged file.
   *
   * @param mode What holds while there is no file.
   * @param fail What the settings say of labels, over the file.
   */
  constructor(path: string, mode: Mode, fail?: FailByLabel) {
    this.#path = path;
    const said = read(path);
    this.#policy = said ?? { ...OBSERVE, mode };
    // Sensors that find no hub read it there, so it stands there before they can.
    if (fail !== undefined) this.#write({ ...this.#policy, fail });
  }

  get policy(): Policy {
    return this.#policy;
  }

  /**
   * For everything, for one rule, or for one server. Holds from the moment that the file is on
   * disk.
   */
  set(mode: Mode, target: PolicyTarget = {}): Policy {
    return this.#write(changed(this.#policy, mode, target));
  }

  #write(next: Policy): Policy {
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
  /** With a rule: it only shows what it would do, whatever else is enforced. */
  readonly shadow?: boolean;
}

function changed(policy: Policy, mode: Mode, { rule, server, ask, shadow }: PolicyTarget): Policy {
  if (rule !== undefined) {
    const shown = (policy.shadow ?? []).filter((one) => one !== rule);
    if (shadow === true) return { ...policy, shadow: [...shown, rule] };
    const others = (policy.ask ?? []).filter((one) => one !== rule);
    const asking = ask === true ? [...others, rule] : others;
    const rules = { ...policy.rules, [rule]: mode };
    const { shadow: _, ...rest } = policy;
    return { ...rest, rules, ask: asking, ...(shown.length === 0 ? {} : { shadow: shown }) };
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
  const { mode, rules, servers, ask, shadow, fail } = membersOf(text, path);
  return {
    mode: modeOf(mode, `${path}: mode`),
    rules: modes(rules, `${path}: rules`),
    servers: modes(servers, `${path}: servers`),
    ask: ruleIds(ask, `${path}: ask`),
    ...(shadow === undefined ? {} : { shadow: ruleIds(shadow, `${path}: shadow`) }),
    ...(fail === undefined ? {} : { fail: failOf(fail, `${path}: fail`) }),
  };
}

function ruleIds(value: unknown, where: string): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((id) => typeof id === 'string')) return value;
  throw new CodedError('CONFIG_BAD_VALUE', `${where}: expected a list of rules`);
}

function failOf(value: unknown, where: string): FailByLabel {
  const parts = isRecord(value) ? Object.entries(value).map((one) => one.join('=')) : [''];
  const fail = parts.length === 0 ? {} : parseFail(parts.join());
  if (fail === undefined) throw new CodedError('CONFIG_BAD_VALUE', `${where}: label: open|closed`);
  return fail;
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
