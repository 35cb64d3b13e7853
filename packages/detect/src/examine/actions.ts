/**
 * What a prompt asks to be done, as a few canonical families. The hub learns the families and keyed
 * fingerprints of the words, never the words.
 */
export const ACTION_FAMILIES = [
  'read',
  'write',
  'send',
  'share',
  'publish',
  'run',
  'delete',
  'pay',
  'grant',
] as const;
export type ActionFamily = (typeof ACTION_FAMILIES)[number];

const VERBS: Readonly<Record<ActionFamily, string>> = {
  read: 'read list show get find fetch look search summarise summarize open check review explain query display retrieve describe analyse analyze compare view download count',
  write:
    'write create add save edit update change fix append insert rename move store modify refactor implement generate draft record',
  send: 'send mail! email! e-mail! message! forward reply respond notify invite dm! text! ping! submit deliver contact! mention',
  share: 'share link! shareable distribute expose hand',
  publish:
    'publish post! upload release! deploy push! tweet! announce broadcast commit! host! export',
  run: 'run! execute compute calculate evaluate test! launch start invoke script! code! build! compile install process! convert transform analyse analyze plot',
  delete:
    'delete remove erase drop! purge wipe clear! destroy cancel uninstall revoke terminate kill reset! clean overwrite',
  pay: 'pay! transfer! buy purchase order! refund! donate charge! book! withdraw deposit! reimburse settle subscribe',
  grant: 'grant! allow permit authorise authorize assign promote enable invite unlock',
};

interface Verb {
  readonly family: ActionFamily;
  /** Also a noun: counts only where a verb would stand. */
  readonly noun: boolean;
}

const byWord = new Map<string, Verb[]>();
for (const family of ACTION_FAMILIES) {
  for (const entry of VERBS[family].split(' ')) {
    const noun = entry.endsWith('!');
    const word = noun ? entry.slice(0, -1) : entry;
    for (const form of forms(word)) add(form, { family, noun: noun && form === word });
  }
}

function add(form: string, verb: Verb): void {
  const verbs = byWord.get(form);
  if (verbs) verbs.push(verb);
  else byWord.set(form, [verb]);
}

/** The base and its -ing form: past tenses tell of what was done, not of what to do. */
function forms(word: string): readonly string[] {
  const stem = word.endsWith('e') ? word.slice(0, -1) : word;
  const last = word.at(-1) ?? '';
  return [word, `${stem}ing`, `${word}${last}ing`];
}

const BEFORE_VERB: ReadonlySet<string> = new Set(
  'and then please to also you i just or now can could would will should let us first next finally'.split(
    ' ',
  ),
);
const NEGATIONS: ReadonlySet<string> = new Set(
  "not never don't dont without avoid no cannot".split(' '),
);

/**
 * What one opens for others to read, with the verbs that do it: “open an issue” publishes, “fix the
 * issue” does not.
 */
const POSTS: ReadonlySet<string> = new Set(
  'issue pr pull comment ticket gist announcement'.split(' '),
);
const POSTING: ReadonlySet<string> = new Set(
  'create open file add post write leave raise make'.split(' '),
);

/** Families that the words ask for, in order; `starts` says which words begin a sentence. */
export function actionsOf(words: readonly string[], starts: readonly boolean[]): Set<ActionFamily> {
  const asked = new Set<ActionFamily>();
  for (let i = 0; i < words.length; i++) {
    if (posts(words, i)) asked.add('publish');
    for (const verb of byWord.get(words[i] ?? '') ?? []) {
      const placed = starts[i] === true || BEFORE_VERB.has(words[i - 1] ?? '');
      if ((verb.noun && !placed) || isNegated(words, starts, i)) continue;
      asked.add(verb.family);
    }
  }
  return asked;
}

/** Does the word name something to post, with a verb that posts among the three words before? */
const posts = (words: readonly string[], at: number): boolean =>
  POSTS.has(words[at] ?? '') &&
  words.slice(Math.max(0, at - 3), at).some((word) => POSTING.has(word));

function isNegated(words: readonly string[], starts: readonly boolean[], at: number): boolean {
  for (let i = at; i > at - 3 && i > 0 && starts[i] !== true; i--) {
    if (NEGATIONS.has(words[i - 1] ?? '')) return true;
  }
  return false;
}
