import { stem } from './terms.ts';

/**
 * What verbs, and nouns that stand for them, do: finer than the families of actions that a prompt
 * is asked about, because here two texts are compared.
 */
const ACTS: Readonly<Record<string, string>> = {
  send: 'send email mail message forward text reply respond notify tell inform dm chat contact',
  publish: 'post publish upload tweet submit comment share',
  pay: 'pay transfer transaction wire remit deposit withdraw payment money bill fund donate',
  buy: 'buy purchase order checkout cart',
  join: 'add invite include append insert join participant collaborator member',
  create: 'create make new propose generate schedule write compose draft',
  remove: 'delete remove erase cancel drop wipe clear kick unsubscribe',
  change: 'change update modify edit set replace adjust reset rename move',
  visit: 'visit browse open navigate click webpage website link url go web page site',
  get: `get read fetch retrieve view check show list find search look see access review lookup query
    scan monitor inspect`,
  download: 'download save install clone copy pull',
  run: 'run execute start launch deploy invoke',
  grant: 'grant give permit allow approve accept authorize authorise star like',
  book: 'book reserve reservation booking',
};

/** Other verbs that ask for something to be done: with these, too, orders in English begin. */
const FURTHER = `
  accept achieve activate adapt adjust advise aim allocate alter analyze announce answer append
  apply appoint archive arrange ask assemble assess assign assist attach audit authenticate
  automate avoid back backup balance begin block boost break bring build bypass calculate call
  capture carry categorize change charge choose clean close collect combine come commit compare
  compile complete compress compute concatenate conclude conduct configure confirm connect
  consider consolidate consult continue contribute convert coordinate correct count cover crawl
  customize deactivate debug decide decline decode decrease decrypt deduct define delegate
  deliver deny describe design detect determine develop disable disclose disconnect dismiss
  display distribute divide document double drag draw drop dump duplicate edit elevate embed
  emphasize enable encode encrypt encourage end enforce enhance enlarge enroll ensure enter
  escalate establish estimate evaluate examine exchange exclude exfiltrate expand expire explain
  explore export expose express extend extract facilitate fill filter finalize finish fix flag
  flip follow force forget fork format formulate forge gain gather gauge give guide halt handle
  help hide highlight hire hold identify ignore illustrate impersonate implement import improve
  increase index initiate inject insert inspect instruct integrate interrupt introduce
  invalidate invest investigate issue iterate keep label lead leak learn leave let link load
  locate lock log lower mail maintain manage map mark match measure mention merge migrate mirror
  modify mount mute name negotiate normalize note obtain offer offload omit order organize
  outline output override park parse pass paste patch perform permit pick pin place plan play
  point poll populate prepare present preserve press prevent print prioritize proceed process
  produce promote protect prove provide pull purge push put quote raise rank rate reallocate
  rebuild recall recommend record recover redact redirect reduce refer refactor refresh refund
  register reject relay release reload remind rent reopen reorder repair repeat rephrase reply
  report represent reproduce request require resend resolve restart restore restrict resume
  return reverse revert revise revoke rewrite roll rotate route save say scale schedule scrape
  seal secure seek segment select sell separate serve settle ship shorten show shut sign
  simulate skip solve sort specify spend split stage star stay stop stream strip structure study
  suggest sum summarise summarize supply support suppress suspend swap switch sync synchronize
  tag take teach tell terminate test tip toggle track trade train translate treat trigger trim
  troubleshoot truncate trust try tune turn type unassign unblock uncover understand undo
  unfollow unlock unpin unsubscribe upgrade use utilize validate verify vote wait warn watch
  withhold withdraw wrap zip`;

const OTHER = 1 << Object.keys(ACTS).length;

const bits = new Map<string, number>();
for (const [index, words] of Object.values(ACTS).entries()) {
  for (const word of words.split(/\s+/)) {
    for (const form of [word, stem(word)]) bits.set(form, (bits.get(form) ?? 0) | (1 << index));
  }
}
const verbs = new Set([...bits.keys(), ...FURTHER.trim().split(/\s+/)]);

/** Is the word, in lower case and as it stands, one that can ask for something? */
export const isVerb = (word: string): boolean => verbs.has(word);

/** Acts that a word stands for, as bits; 0 where it stands for none. */
export const actsOfWord = (word: string): number => bits.get(word) ?? bits.get(stem(word)) ?? 0;

/** The same for a verb, of which is known that it asks for something. */
export const actsOfVerb = (verb: string): number => actsOfWord(verb) || OTHER;

/** Words of a name that say what is done and never with what. */
const DOING = ['send', 'get', 'create', 'remove', 'change', 'publish', 'run', 'download', 'grant']
  .map((word) => bits.get(word) ?? 0)
  .reduce((all, acts) => all | acts, 0);

export function isDoing(word: string): boolean {
  const acts = actsOfWord(word);
  return acts !== 0 && (acts & DOING) === acts;
}

export const READS: number = actsOfWord('read');
const READ_VERBS: ReadonlySet<string> = new Set(
  `get list search read check view find fetch show retrieve lookup look browse query count describe
  display calculate compute is has see scan inspect`.split(/\s+/),
);

/** Does a name such as `read_file` or `sendEmail` say that its tool reads, acts, or neither? */
export function kindOfName(words: readonly string[]): 'read' | 'write' | 'unknown' {
  for (const word of words) {
    if (READ_VERBS.has(word)) return 'read';
    if (verbs.has(word)) return 'write';
  }
  return 'unknown';
}

/** Words of a tool's name, in lower case. */
export const wordsOfName = (name: string): string[] =>
  (name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase());
