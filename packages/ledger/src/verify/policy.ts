/** Whose word on a checkpoint is enough (C2SP tlog-policy): logs, witnesses, groups, a quorum. */
import { LIMITS, toHex } from '@spoor/core';
import { formatWitnessKey, parseVerifierKey, parseWitnessKey, type VerifierKey } from './key.ts';

export interface PolicyLog {
  /** C2SP vkey. */
  readonly verifierKey: string;
  readonly key: VerifierKey;
  readonly url?: string;
}

export interface PolicyWitness {
  /** Within the policy only. */
  readonly name: string;
  readonly key: VerifierKey;
  /** Submission prefix. */
  readonly url?: string;
}

/** So many of those have to agree. Witnesses are named as in {@link WitnessPolicy.witnesses}. */
interface Group {
  readonly needed: number;
  readonly members: readonly string[];
}

export interface WitnessPolicy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: ReadonlyMap<string, Group>;
  /** Name of a witness or a group; `none` where nobody is needed. */
  readonly quorum: string;
}

export type ParsedPolicy =
  | { readonly status: 'ok'; readonly policy: WitnessPolicy }
  | { readonly status: 'invalid'; readonly line: number; readonly why: string };

export const NO_QUORUM = 'none';

/** Is what those witnesses say enough? */
export function hasQuorum(policy: WitnessPolicy, agreed: (witness: string) => boolean): boolean {
  if (policy.quorum === NO_QUORUM) return true;
  const holds = (name: string): boolean => {
    const group = policy.groups.get(name);
    if (group === undefined) return agreed(name);
    return group.members.filter(holds).length >= group.needed;
  };
  return holds(policy.quorum);
}

/** The policy that needs that one witness. Undefined where the text is no key of a witness. */
export function policyOf(witnessKey: string): WitnessPolicy | undefined {
  const key = parseWitnessKey(witnessKey);
  if (key === undefined) return undefined;
  return { logs: [], witnesses: [{ name: key.name, key }], groups: new Map(), quorum: key.name };
}

/**
 * What a verifier needs of a policy, as a file: witnesses and who has to agree. No logs, and no
 * addresses, which may be nobody else's business.
 */
export function formatPolicy({ witnesses, groups, quorum }: WitnessPolicy): string {
  const lines = [
    ...witnesses.map(
      ({ name, key }) => `witness ${name} ${formatWitnessKey(key.name, key.publicKey)}`,
    ),
    ...[...groups].map(([name, { needed, members }]) =>
      ['group', name, needed, ...members].join(' '),
    ),
    `quorum ${quorum}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** @param bytes The file. Names in it are bytes, not text; keys and URLs are UTF-8. */
export function parsePolicy(bytes: Uint8Array): ParsedPolicy {
  if (bytes.length > LIMITS.policyBytesMax) return invalid(0, 'it is over the limit');
  const lines = latin1(bytes).split('\n');
  const parser = new Parser();
  for (const [i, line] of lines.entries()) {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(line)) return invalid(i + 1, 'a control character');
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]?.startsWith('#')) continue;
    const why = parser.take(words);
    if (why !== undefined) return invalid(i + 1, why);
  }
  const policy = parser.result();
  return policy === undefined
    ? invalid(lines.length, 'there is no quorum line')
    : { status: 'ok', policy };
}

const invalid = (line: number, why: string): ParsedPolicy => ({ status: 'invalid', line, why });

/** Browsers' latin1 is windows-1252, which would give other letters to some bytes. */
const latin1 = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

function utf8(word: string): string {
  const bytes = Uint8Array.from(word, (letter) => letter.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

class Parser {
  readonly #logs: PolicyLog[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #groups = new Map<string, Group>();
  readonly #members = new Set<string>();
  readonly #logKeys = new Set<string>();
  readonly #witnessKeys = new Set<string>();
  #quorum: string | undefined;

  /** A text says what is wrong. */
  take([keyword = '', ...words]: readonly string[]): string | undefined {
    const all = this.#logs.length + this.#witnesses.length + this.#groups.size;
    if (all >= LIMITS.policyLinesMax) return 'there are too many lines';
    if (keyword === 'log') return this.#log(words);
    if (keyword === 'witness') return this.#witness(words);
    if (keyword === 'group') return this.#group(words);
    if (keyword === 'quorum') return this.#takeQuorum(words);
    return 'the line begins with no word that is known';
  }

  result(): WitnessPolicy | undefined {
    const quorum = this.#quorum;
    if (quorum === undefined) return undefined;
    return { logs: this.#logs, witnesses: this.#witnesses, groups: this.#groups, quorum };
  }

  #log(words: readonly string[]): string | undefined {
    const [verifierKey = '', url, more] = words.map(utf8);
    const key = parseVerifierKey(verifierKey);
    if (key === undefined || more !== undefined) return 'a log is `log <vkey> [<url>]`';
    if (!addNew(this.#logKeys, toHex(key.publicKey))) return 'the key of a log comes twice';
    this.#logs.push({ verifierKey, key, ...(url === undefined ? {} : { url }) });
    return undefined;
  }

  #witness([name = '', ...rest]: readonly string[]): string | undefined {
    const [text = '', url, more] = rest.map(utf8);
    const key = parseWitnessKey(text);
    if (key === undefined || more !== undefined) {
      return 'a witness is `witness <name> <vkey> [<url>]`, with an Ed25519 key of type 4';
    }
    if (url !== undefined && !URL.canParse(url)) return 'the URL cannot be read';
    if (this.#isTaken(name)) return 'the name is taken';
    if (!addNew(this.#witnessKeys, toHex(key.publicKey))) return 'the key of a witness comes twice';
    this.#witnesses.push({ name, key, ...(url === undefined ? {} : { url }) });
    return undefined;
  }

  #group([name = '', threshold = '', ...members]: readonly string[]): string | undefined {
    if (members.length === 0) return 'a group is `group <name> all|any|<k> <name>...`';
    if (this.#isTaken(name)) return 'the name is taken';
    const needed = neededOf(threshold, members.length);
    if (needed === undefined) return 'the threshold is `all`, `any` or from 1 to the members';
    for (const member of members) {
      if (!this.#isDefined(member)) return 'a member is not defined above';
      if (!addNew(this.#members, member)) return 'a name is a member twice';
    }
    this.#groups.set(name, { needed, members });
    return undefined;
  }

  #takeQuorum([name = '', more]: readonly string[]): string | undefined {
    if (this.#quorum !== undefined) return 'there are two quorum lines';
    if (more !== undefined || (name !== NO_QUORUM && !this.#isDefined(name))) {
      return 'the quorum is one name that is defined above';
    }
    this.#quorum = name;
    return undefined;
  }

  #isDefined(name: string): boolean {
    return this.#groups.has(name) || this.#witnesses.some((one) => one.name === name);
  }

  #isTaken(name: string): boolean {
    return name === NO_QUORUM || this.#isDefined(name);
  }
}

function neededOf(threshold: string, members: number): number | undefined {
  if (threshold === 'all') return members;
  if (threshold === 'any') return 1;
  const needed = /^[1-9]\d{0,3}$/.test(threshold) ? Number(threshold) : 0;
  return needed >= 1 && needed <= members ? needed : undefined;
}

function addNew(set: Set<string>, value: string): boolean {
  if (set.has(value)) return false;
  set.add(value);
  return true;
}
