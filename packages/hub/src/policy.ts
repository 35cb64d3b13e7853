import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Mode, OBSERVE, type Policy } from '@spoor/core';

/** The owner's choice of where denials are real; kept in one file that a person can read. */
export class PolicyFile {
  readonly #path: string;
  #policy: Policy;

  /** @param mode What holds where the file says nothing yet. */
  constructor(path: string, mode: Mode) {
    this.#path = path;
    this.#policy = read(path) ?? { ...OBSERVE, mode };
  }

  get policy(): Policy {
    return this.#policy;
  }

  /** For everything, for one rule, or for one server. */
  set(mode: Mode, rule?: string, server?: string): Policy {
    const { rules, servers } = this.#policy;
    if (rule !== undefined) this.#policy = { ...this.#policy, rules: { ...rules, [rule]: mode } };
    else if (server !== undefined)
      this.#policy = { ...this.#policy, servers: { ...servers, [server]: mode } };
    else this.#policy = { ...this.#policy, mode };
    const next = `${this.#path}.next`;
    writeFileSync(next, `${JSON.stringify(this.#policy, null, 2)}\n`, { mode: 0o600 });
    renameSync(next, this.#path);
    return this.#policy;
  }
}

function read(path: string): Policy | undefined {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<Policy>;
    return {
      ...OBSERVE,
      ...value,
      mode: modeOf(value.mode),
      rules: modes(value.rules),
      servers: modes(value.servers),
    };
  } catch {
    return undefined;
  }
}

const modeOf = (value: unknown): Mode => (value === 'enforce' ? 'enforce' : 'observe');

const modes = (value: unknown): Record<string, Mode> =>
  Object.fromEntries(Object.entries(value ?? {}).map(([name, mode]) => [name, modeOf(mode)]));
