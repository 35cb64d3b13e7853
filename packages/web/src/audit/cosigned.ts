/** What witnesses say of the log, checked here: neither the hub nor its files are believed. */
import { LIMITS } from '@spoor/core';
import {
  type Cosignatures,
  formatWitnessKey,
  type LogSource,
  parseCheckpoint,
  parsePolicy,
  readCosignatures,
  STALE_AFTER_MS,
  type VerifyOptions,
  type VerifyResult,
  verifyLog,
  verifyNote,
  verifyWitnessed,
  type WitnessPolicy,
} from '@spoor/ledger/verify';
import { knownPolicy } from './known.ts';

/** Who told this page the key of a witness. */
type Teller = 'you' | 'hub';

/**
 * `vouches`: its cosignature holds, and the log begins with the tree that it cosigned. `signed`:
 * the cosignature holds, but the log was not found to begin with that.
 */
export type WitnessFinding =
  | {
      readonly kind: 'vouches' | 'signed';
      readonly size: number;
      readonly timeMs: number;
      /** Too old to say anything of now. */
      readonly isOld: boolean;
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'wrong' };

export interface FoundWitness {
  readonly name: string;
  readonly key: string;
  readonly from: Teller;
  readonly found: WitnessFinding;
}

export type Looked =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'failed'; readonly why: string }
  | {
      readonly kind: 'looked';
      readonly witnesses: readonly FoundWitness[];
      /** Whose list of witnesses the answer rests on. */
      readonly relied: Teller;
      /** Of the tree that enough of them vouch for; undefined where they do not. */
      readonly quorum?: { readonly size: number; readonly timeMs: number; readonly isOld: boolean };
    };

export interface Audited {
  readonly result: VerifyResult;
  readonly looked: Looked;
  /** The note that was verified; undefined where there is none. */
  readonly checkpoint: string | undefined;
}

export interface Told {
  /** Keys that a person gave this browser. */
  readonly known: readonly string[];
  /** The hub's policy; undefined where it tells none. */
  readonly policy: string | undefined;
  /** The hub has witnesses, whether or not it tells of their keys. */
  readonly hasWitnesses: boolean;
  readonly nowMs: number;
}

interface List {
  readonly from: Teller;
  readonly policy: WitnessPolicy;
}

interface SignedNote {
  readonly note: string;
  readonly size: number;
}

/** Times that a log which grows while it is read is looked at from the beginning. */
const LOOKS_MAX = 6;

/** Verifies the whole log, with the words of all witnesses that this page has keys of. */
export async function verifyWithWitnesses(
  hub: LogSource,
  options: VerifyOptions,
  told: Told,
): Promise<Audited> {
  for (let looks = 1; ; looks++) {
    const audited = await lookOnce(hub, options, told);
    if (audited.result.status !== 'tampered' || looks === LOOKS_MAX) return audited;
    // A running writer replaces partial tiles: then there is another checkpoint to hold them to.
    const now = await hub.read('checkpoint');
    if (textOf(now) === audited.checkpoint) return audited;
  }
}

const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);

async function lookOnce(hub: LogSource, options: VerifyOptions, told: Told): Promise<Audited> {
  const prepared = await prepare(hub, options, told);
  if (prepared.looked !== undefined) {
    const result = await verifyLog(prepared.source, options);
    return { result, looked: prepared.looked, checkpoint: prepared.checkpoint };
  }
  const { source, checkpoint, lists, notes } = prepared;
  const { nowMs } = told;
  const words = (list: List, { note }: SignedNote): Cosignatures =>
    readCosignatures(note, list.policy, nowMs);
  const newest = (list: List): SignedNote | undefined => newestOf(notes, (one) => words(list, one));
  const [relied = HUB_NONE] = lists;
  const isForged = notes.some((note) => words(relied, note).wrong.length > 0);
  // Where nobody that the answer rests on has cosigned, the others' tree is still compared.
  const others = isForged ? undefined : lists.find((list) => newest(list) !== undefined);
  const compared = others ?? relied;
  const all = { ...options, policy: compared.policy, nowMs, staleMs: STALE_AFTER_MS };
  const mine = await verifyWitnessed(source, all);
  const isRelied = compared === relied;
  const result: VerifyResult =
    mine.status === 'ok' && !isRelied ? { ...mine, status: 'unwitnessed' } : mine;
  const holds = 'root' in mine ? newest(compared) : undefined;
  const timeMs = holds === undefined || !isRelied ? undefined : words(relied, holds).timeMs;
  const quorum =
    holds === undefined || timeMs === undefined
      ? {}
      : { quorum: { size: holds.size, timeMs, isOld: isOld(timeMs, nowMs) } };
  const witnesses = findings(lists, notes, (name, list, note) =>
    wordOf(name, note, words(list, note), { holds, nowMs }),
  );
  const looked: Looked = { kind: 'looked', relied: relied.from, witnesses, ...quorum };
  return { result, looked, checkpoint };
}

/** The one that `verifyWitnessed` compares with. */
const newestOf = (
  notes: readonly SignedNote[],
  words: (note: SignedNote) => Cosignatures,
): SignedNote | undefined =>
  notes
    .flatMap((note) => {
      const { timeMs } = words(note);
      return timeMs === undefined ? [] : [{ note, timeMs }];
    })
    .sort((a, b) => b.note.size - a.note.size || b.timeMs - a.timeMs)[0]?.note;

const HUB_NONE: List = {
  from: 'hub',
  policy: { logs: [], witnesses: [], groups: new Map(), quorum: 'none' },
};

type Prepared = { readonly source: LogSource; readonly checkpoint: string | undefined } & (
  | { readonly looked: Looked }
  | {
      readonly looked?: undefined;
      readonly lists: readonly List[];
      readonly notes: readonly SignedNote[];
    }
);

/** One pair of checkpoints for the whole look: the log may grow meanwhile. */
async function prepare(hub: LogSource, options: VerifyOptions, told: Told): Promise<Prepared> {
  const lists = listsOf(told);
  const frozen = new Map<string, Uint8Array | undefined>();
  const source: LogSource = {
    read: async (path) => (frozen.has(path) ? frozen.get(path) : hub.read(path)),
  };
  let looked: Looked | undefined = 'kind' in lists ? lists : undefined;
  if (looked === undefined) {
    // The older of both first, so that it cannot be ahead of the other.
    const cosigned = await hub.read('checkpoint.cosigned').catch((error: Error) => error);
    if (cosigned instanceof Error) looked = { kind: 'failed', why: cosigned.message };
    else if ((cosigned?.length ?? 0) > LIMITS.noteBytesMax) {
      looked = { kind: 'failed', why: 'checkpoint.cosigned is over the limit' };
    } else frozen.set('checkpoint.cosigned', cosigned);
  }
  const published = await hub.read('checkpoint');
  frozen.set('checkpoint', published);
  const checkpoint = textOf(published);
  if (looked !== undefined || 'kind' in lists) {
    return { source, checkpoint, looked: looked ?? { kind: 'nobody' } };
  }
  const notes = [...frozen.values()].flatMap((bytes) => signedNote(bytes, options));
  return { source, checkpoint, lists, notes };
}

/** What the answer rests on stands first. */
function listsOf({ known, policy, hasWitnesses }: Told): readonly List[] | Looked {
  const own = known.length === 0 ? undefined : readPolicy(knownPolicy(known));
  if (typeof own === 'string') return { kind: 'failed', why: `A key that is kept here: ${own}` };
  const hubs = policy === undefined ? undefined : readPolicy(policy);
  const lists: List[] = [];
  if (own !== undefined) lists.push({ from: 'you', policy: own });
  if (typeof hubs === 'object') lists.push({ from: 'hub', policy: hubs });
  if (lists.length > 0) return lists;
  if (typeof hubs === 'string') return { kind: 'failed', why: `The hub's policy: ${hubs}` };
  if (!hasWitnesses) return { kind: 'nobody' };
  return { kind: 'failed', why: 'The hub does not tell the keys of its witnesses' };
}

/** A text says why it cannot be read. */
function readPolicy(text: string): WitnessPolicy | string {
  const parsed = parsePolicy(new TextEncoder().encode(text));
  return parsed.status === 'ok' ? parsed.policy : `line ${parsed.line}, ${parsed.why}`;
}

/** None where the log has not signed it. */
function signedNote(bytes: Uint8Array | undefined, options: VerifyOptions): SignedNote[] {
  const note = new TextDecoder().decode(bytes);
  const verified = verifyNote(note, options.verifierKey);
  if (verified.status === 'unverified') return [];
  const tree = parseCheckpoint(verified.note.text);
  return tree === undefined ? [] : [{ note, size: tree.size }];
}

/** Each witness once, by its key. */
function findings(
  lists: readonly List[],
  notes: readonly SignedNote[],
  word: (name: string, list: List, note: SignedNote) => WitnessFinding,
): FoundWitness[] {
  const witnesses = new Map<string, FoundWitness>();
  for (const list of lists) {
    for (const { name, key } of list.policy.witnesses) {
      const text = formatWitnessKey(key.name, key.publicKey);
      if (witnesses.has(text)) continue;
      const found = weightiest(notes.map((note) => word(name, list, note)));
      witnesses.set(text, { name: key.name, key: text, from: list.from, found });
    }
  }
  return [...witnesses.values()];
}

/** @param holds What the log was found to begin with */
function wordOf(
  name: string,
  note: SignedNote,
  { words, wrong }: Cosignatures,
  { holds, nowMs }: { readonly holds: SignedNote | undefined; readonly nowMs: number },
): WitnessFinding {
  if (wrong.includes(name)) return { kind: 'wrong' };
  const timeMs = words.find((word) => word.name === name)?.timeMs;
  if (timeMs === undefined) return { kind: 'absent' };
  const isSame = holds !== undefined && treeOf(note) === treeOf(holds);
  const facts = { size: note.size, timeMs, isOld: isOld(timeMs, nowMs) };
  return { kind: isSame ? 'vouches' : 'signed', ...facts };
}

const isOld = (timeMs: number, nowMs: number): boolean => nowMs - timeMs > STALE_AFTER_MS;

const treeOf = ({ note }: SignedNote): string => note.slice(0, note.indexOf('\n\n'));

const WEIGHTS: readonly WitnessFinding['kind'][] = ['wrong', 'vouches', 'signed', 'absent'];

const weightiest = (said: readonly WitnessFinding[]): WitnessFinding =>
  WEIGHTS.map((weight) => said.find(({ kind }) => kind === weight)).find(
    (one) => one !== undefined,
  ) ?? { kind: 'absent' };
