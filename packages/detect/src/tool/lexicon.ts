import type { Label } from '@spoor/core';
import { type Pair, pairs, words } from './words.ts';

/**
 * What makes a label: a verb where a verb stands, near it a word of every list, and none of the
 * excluding words.
 */
export interface LabelPattern {
  readonly label: Label;
  readonly verbs?: ReadonlySet<string>;
  readonly all?: readonly ReadonlySet<string>[];
  /** Two words one after the other, any of these. */
  readonly pair?: readonly Pair[];
  readonly not?: ReadonlySet<string>;
  /** The same, wherever in the phrase they stand. */
  readonly never?: ReadonlySet<string>;
  /** Even where its main verb reads. */
  readonly evenReading?: boolean;
  /** Only in names and titles, where a single word says enough. */
  readonly nameOnly?: boolean;
}

export const READ: ReadonlySet<string> = words(
  'get list read fetch find search query lookup look retrieve return show view describe select export browse load ' +
    'download open see inspect dump print give monitor track provide pull recall summarize extract capture take scrape ' +
    'crawl analyze examine locate count',
);
const PEOPLE = words(
  'customer user person employee patient contact member candidate applicant student passenger subscriber citizen ' +
    'donor staff client lead guest friend resident tenant attendee buyer teacher teammate colleague cardholder borrower',
);
const DETAILS = words(
  'detail profile record info information data contact address email phone credential grade history insight bill order ' +
    'purchase birthdate enrollment',
);
const PERSONAL = words(
  'pii iban ssn passport birthday surname salary payroll payslip diagnosis biometric demographic prescription genetic ' +
    'resume cv',
);
/** Of these, contacts and details are no person's. */
const NO_PERSON = words(
  'restaurant hotel company companies airport venue vendor supplier trial variant gene ad advertiser',
);
const RIGHTS = words(
  'entitlement entitled permission right privilege role acl may allowed authorized',
);
const SECRETS = words(
  'secret password credential vault keychain passphrase keystore env environ keypair mnemonic totp otp kubeconfig ' +
    'passcode dotenv cookie cookies',
);
const KEY_PAIRS = pairs(
  'api private ssh access signing encryption bearer refresh secret auth',
  'key token',
).concat(
  pairs('environment env', 'variable var'),
  pairs('connection', 'string'),
  pairs('seed recovery', 'phrase code'),
);
const WEB = words(
  'webpage website site rss feed news article blog tweet forum wiki wikipedia subreddit post review comment paper ' +
    'abstract transcript changelog readme newsletter web internet url story headline podcast caption subtitle timeline ' +
    'mention',
);
/** A provider's own figures are nothing that a stranger wrote. */
const FIGURES = words(
  'price quote rate weather market stock metric statistic count id template schema setting category tag error ' +
    'console signature filter ratio performance sector earning',
);
const INCOMING = words(
  'inbox email mail message sms review comment issue thread discussion attachment conversation chat notification',
);
const SCREEN = words('screenshot snapshot screen dom accessibility');
const HOLDINGS = words(
  'file folder directory document email mail inbox mailbox message chat note calendar account balance transaction ' +
    'invoice order database repository memory drive attachment appointment statement reservation log workspace task ' +
    'conversation spreadsheet config setting ticket project codebase draft contact bookmark playlist draft channel ' +
    'backup schedule todo subscription label thread knowledge',
);
/** What a name says that a tool reads of somebody's own systems and things. */
const HOLDINGS_NAMED = words(
  'clipboard container pod deployment bucket device sensor dashboard incident commit diff stash board ' +
    'deck campaign lead deal assignment cart wishlist shipment workout reminder presentation branch process ' +
    'window instance worksheet simulator',
);
/** Of these anybody may read. */
const PUBLIC = words(
  'public market stock exchange crypto cryptocurrency fund etf company companies index symbol ticker sheet blockchain ' +
    'block contract mainnet token wallet nft web website url paper documentation docs library package api supported ' +
    'available airport income financial earning insider book bitcoin restaurant conference timezone ' +
    'variant trial museum game player',
);
const OWNED = words('my our own authenticated logged');
const USERS = pairs('user customer patient client student current', 's user');
const SEND = words(
  'send email mail message notify reply forward post publish tweet upload submit broadcast deliver dispatch',
);
const SENT = words(
  'email mail message sms notification post comment reply tweet file content data report webhook request invitation ' +
    'chat text letter fax issue attachment form server remote http image video photo picture media contact sticker',
);
const SHARE = words('share publish expose distribute unshare');
const SHARED = words(
  'file document folder link content page album note calendar access data sheet drive report website anyone public ' +
    'externally publicly image video site gist paste information detail post',
);
const OPEN_TO = words('public publicly anyone everyone shareable shared external externally');
const LINK = words('link url access page');
const RUN = words('execute run eval evaluate interpret exec compile launch invoke start spawn');
const CODE = words(
  'code script command shell program python javascript typescript bash terminal notebook cell snippet cmd powershell ' +
    'repl subprocess binary executable sql pipeline workflow',
);
const DELETE = words(
  'delete remove drop destroy purge erase wipe truncate uninstall terminate kill overwrite revoke cancel deactivate ' +
    'shutdown discard clear reset',
);
const PAID = words(
  'payment transaction transfer purchase refund money fund trade wire bill subscription payout donation',
);
const CHANGE = words(
  'grant revoke assign change set update add create manage elevate modify configure disable enable reset control',
);
const POWER = words(
  'permission role admin administrator privilege policy acl password iam firewall sudo root entitlement credential ' +
    'access security',
);
const MEMBERS = words(
  'user member collaborator participant account admin guest moderator owner delegate',
);
const MEDIA = words('image video audio speech music song animation voice picture photo podcast 3d');
const MODEL = words('llm completion inference credit billed paid');

const NOBODY: ReadonlySet<string> = new Set([...RIGHTS, ...NO_PERSON]);

/** Adding a word here changes what every rule sees: measure on real tool lists before and after. */
export const LABEL_PATTERNS: readonly LabelPattern[] = [
  { label: 'reads-pii', verbs: READ, all: [PEOPLE, DETAILS], never: NOBODY },
  { label: 'reads-pii', verbs: READ, all: [PERSONAL], never: NOBODY },
  {
    label: 'reads-pii',
    verbs: READ,
    all: [words('contact customer patient employee candidate applicant subscriber attendee guest')],
    nameOnly: true,
    not: FIGURES,
    never: NOBODY,
  },
  {
    label: 'reads-pii',
    verbs: READ,
    all: [
      words('transaction payment purchase order reservation'),
      words('history detail recent my user account customer scheduled'),
    ],
    not: PUBLIC,
    never: NOBODY,
  },
  {
    label: 'reads-pii',
    verbs: READ,
    all: [words('attendance roster gradebook grade enrollment')],
    nameOnly: true,
    not: FIGURES,
  },
  {
    label: 'reads-pii',
    verbs: READ,
    pair: pairs('account personal my own', 'info information profile detail'),
    never: NOBODY,
  },
  { label: 'reads-pii', verbs: READ, pair: pairs('medical health', 'record history data') },
  { label: 'reads-pii', all: [words('pii')] },
  { label: 'reads-secrets', verbs: READ, all: [SECRETS], not: words('strength policy') },
  { label: 'reads-secrets', verbs: READ, pair: KEY_PAIRS },
  {
    label: 'reads-secrets',
    verbs: words('create generate issue rotate'),
    pair: KEY_PAIRS,
  },
  {
    label: 'reads-secrets',
    verbs: words('create generate'),
    all: [words('wallet keypair mnemonic')],
    not: words('pass address'),
  },
  { label: 'reads-untrusted', verbs: READ, all: [WEB], not: FIGURES },
  {
    label: 'reads-untrusted',
    verbs: READ,
    pair: pairs('pull merge support help', 'request ticket'),
  },
  {
    label: 'reads-untrusted',
    verbs: words('scrape crawl navigate browse visit fetch'),
    all: [words('page url web site website content internet http html')],
  },
  { label: 'reads-untrusted', verbs: words('scrape crawl navigate'), nameOnly: true },
  { label: 'reads-untrusted', verbs: READ, all: [INCOMING], not: FIGURES },
  {
    label: 'reads-untrusted',
    verbs: READ,
    all: [SCREEN],
    not: new Set([...FIGURES, ...words('memory heap industry')]),
  },
  { label: 'reads-untrusted', verbs: READ, all: [words('calendar'), words('event')] },
  { label: 'reads-untrusted', verbs: READ, pair: pairs('browser web current', 'page') },
  { label: 'reads-private', verbs: READ, all: [HOLDINGS], not: PUBLIC },
  {
    label: 'reads-private',
    verbs: READ,
    all: [PEOPLE],
    not: new Set([...PUBLIC, ...words('price per')]),
  },
  { label: 'reads-private', verbs: READ, all: [HOLDINGS_NAMED], nameOnly: true, not: PUBLIC },
  { label: 'reads-private', verbs: READ, all: [OWNED] },
  { label: 'reads-private', verbs: READ, pair: USERS },
  { label: 'reads-private', verbs: READ, all: [RIGHTS], not: PUBLIC },
  { label: 'reads-private', verbs: READ, all: [SECRETS] },
  { label: 'egress', verbs: SEND, all: [SENT], not: words('download llm model prompt') },
  {
    label: 'egress',
    verbs: words('send post notify reply publish tweet upload email submit'),
    nameOnly: true,
  },
  {
    label: 'egress',
    verbs: words('create open add post'),
    all: [words('issue comment pull webhook gist pr discussion')],
    not: words('property field'),
  },
  {
    label: 'egress',
    verbs: words('push commit'),
    all: [words('file remote repository branch change')],
  },
  {
    label: 'egress',
    verbs: words('create update write'),
    all: [words('remote'), words('repository branch host server')],
  },
  {
    label: 'egress',
    verbs: words('call make perform send'),
    all: [words('http api webhook'), words('request endpoint url call')],
  },
  { label: 'egress', verbs: words('fill type input'), all: [words('form field element')] },
  { label: 'egress', verbs: words('deploy'), all: [words('cloud server production site app')] },
  { label: 'shares-externally', verbs: SHARE, all: [SHARED] },
  { label: 'shares-externally', verbs: words('share publish tweet'), nameOnly: true },
  {
    label: 'shares-externally',
    verbs: words('create generate make add get build produce return obtain'),
    all: [LINK, OPEN_TO],
  },
  {
    label: 'shares-externally',
    verbs: words('upload make set post'),
    all: [words('public publicly anyone externally pastebin paste gist')],
  },
  {
    label: 'shares-externally',
    verbs: words('create post write'),
    all: [words('tweet blog')],
    not: words('account set campaign'),
  },
  {
    label: 'shares-externally',
    verbs: words('invite add transfer'),
    all: [words('collaborator ownership outsider')],
    not: words('file line remote'),
  },
  {
    label: 'shares-externally',
    verbs: words('change set update make'),
    all: [words('visibility privacy public')],
  },
  {
    label: 'shares-externally',
    verbs: words('deploy publish host'),
    all: [words('website site page')],
  },
  { label: 'shares-externally', verbs: words('create publish'), all: [words('release')] },
  {
    label: 'shares-externally',
    verbs: words('post'),
    all: [words('blog public social feed timeline story')],
  },
  { label: 'executes-code', verbs: RUN, all: [CODE], not: words('mathematical math') },
  {
    label: 'executes-code',
    verbs: words('query execute run read write perform select'),
    all: [words('sql'), words('query queries statement command')],
    evenReading: true,
  },
  {
    label: 'executes-code',
    verbs: words('build compile'),
    all: [words('project app solution')],
    nameOnly: true,
  },
  {
    label: 'executes-code',
    all: [words('code python script'), words('interpreter executor runner sandbox execution exec')],
  },
  {
    label: 'executes-code',
    all: [words('bash powershell shell terminal repl subprocess exec eval')],
    nameOnly: true,
  },
  {
    label: 'executes-code',
    verbs: RUN,
    all: [words('query statement'), words('sql database insert select')],
    evenReading: true,
  },
  { label: 'executes-code', verbs: words('execute run'), all: [words('query')], nameOnly: true },
  { label: 'executes-code', verbs: words('run execute'), all: [words('test build suite')] },
  { label: 'executes-code', verbs: words('start spawn launch'), all: [words('process')] },
  {
    label: 'executes-code',
    verbs: words('deploy'),
    all: [words('code file folder function app service')],
  },
  {
    label: 'destructive',
    verbs: DELETE,
    not: words('cache selection highlight background'),
  },
  { label: 'destructive', verbs: words('format'), all: [words('disk drive volume partition')] },
  { label: 'destructive', all: [words('destruction deletion erasure')], nameOnly: true },
  {
    label: 'financial',
    verbs: words('pay purchase buy refund withdraw deposit donate remit'),
    not: words('info history list'),
  },
  {
    label: 'financial',
    verbs: words('transfer send wire swap stake sell'),
    all: [words('money fund balance payment crypto bitcoin eth token usd cash stock share asset')],
  },
  {
    label: 'financial',
    verbs: words('make initiate schedule submit process send request charge issue'),
    all: [PAID],
    not: words('data cost'),
  },
  {
    label: 'financial',
    verbs: words('place submit checkout create'),
    all: [words('order trade cart')],
  },
  {
    label: 'financial',
    verbs: words('create update approve confirm settle capture finalize'),
    all: [words('payment payout transaction transfer checkout trade swap bet invoice')],
    never: words('database sql label category note template hash draft'),
  },
  {
    label: 'financial',
    verbs: words('bid bet redeem mint tip subscribe'),
    all: [words('auction stake odd nft token plan membership amount')],
  },
  {
    label: 'financial',
    verbs: words('charge bill invoice'),
    all: [words('customer card account')],
  },
  {
    label: 'financial',
    verbs: words('trade order'),
    all: [words('stock share crypto asset product item')],
  },
  {
    label: 'financial',
    verbs: words('book'),
    all: [words('flight hotel room ticket trip reservation')],
  },
  { label: 'privileged', verbs: CHANGE, all: [POWER], not: words('control list') },
  {
    label: 'privileged',
    verbs: words('add create remove delete invite ban kick suspend promote demote approve'),
    all: [MEMBERS],
    not: words('list post message property email event note task story favorite'),
  },
  {
    label: 'privileged',
    verbs: words('enable disable arm disarm lock unlock register'),
    all: [words('2fa mfa sso account user alarm door gate firewall protection')],
  },
  { label: 'privileged', verbs: words('unlock unblock whitelist impersonate') },
  { label: 'privileged', verbs: words('create rotate revoke'), pair: KEY_PAIRS },
  { label: 'privileged', all: [words('sudo impersonate entitlement')] },
  {
    label: 'costly',
    verbs: words('generate create synthesize transcribe upscale train'),
    all: [MEDIA],
    not: words(
      'folder album file record message document header slide qr thumbnail chart draft diagram graph plot ffmpeg',
    ),
  },
  {
    label: 'costly',
    pair: pairs('to', 'speech image video music audio voice'),
    nameOnly: true,
    not: words('pdf file page html svg mermaid chart gif url base'),
  },
  {
    label: 'costly',
    pair: pairs('image video speech music', 'generation synthesis generator'),
    nameOnly: true,
  },
  { label: 'costly', all: [words('tts')], nameOnly: true },
  { label: 'costly', pair: pairs('deep', 'research'), nameOnly: true },
  { label: 'costly', verbs: words('generate complete'), all: [words('llm ai')] },
  { label: 'costly', verbs: words('train finetune'), all: [words('model network classifier')] },
  {
    label: 'costly',
    all: [
      MODEL,
      words('generate call per use charge token request chat text prompt second minute'),
    ],
  },
  { label: 'costly', verbs: words('send ask prompt query chat'), all: [words('llm model ai')] },
  {
    label: 'costly',
    verbs: words('create launch deploy provision start'),
    all: [words('instance vm cluster droplet gpu')],
  },
];

/** A tool whose main verb is one of these only reads, whatever its description mentions. */
export const READING_VERBS: ReadonlySet<string> = words(
  'get list read find search query lookup retrieve show view describe select check count is has browse inspect analyze',
);

/** What a name may say that a tool does: its first such word is the tool's main verb. */
export const VERBS: ReadonlySet<string> = new Set([
  ...READING_VERBS,
  ...LABEL_PATTERNS.flatMap(({ verbs }) => [...(verbs ?? [])]),
  ...words(
    'write edit insert apply move copy rename convert calculate format save merge validate test',
  ),
  ...words(
    'stop go watch trash untrash archive patch debug verify undo restore switch click press',
  ),
]);

/** Properties of the input that say what a tool does even where its words do not. */
export const PROPERTY_LABELS: readonly {
  readonly label: Label;
  readonly names: ReadonlySet<string>;
  readonly verbs: ReadonlySet<string>;
  /** Labels that must be there already. */
  readonly with?: Label;
  /** Words of name or description that speak against it. */
  readonly not?: ReadonlySet<string>;
}[] = [
  {
    label: 'egress',
    names: new Set(['url', 'uri', 'endpoint', 'webhook', 'webhook_url']),
    verbs: words('fetch request visit navigate send download scrape crawl curl'),
  },
  {
    label: 'egress',
    names: new Set(['url', 'uri', 'urls']),
    verbs: READ,
    with: 'reads-untrusted',
    // The address of a thing of one provider, who is asked for it.
    not: words('video transcript repository repo channel playlist tweet paper podcast'),
  },
  {
    label: 'egress',
    names: new Set(['recipient', 'recipients', 'to', 'cc', 'bcc']),
    verbs: words('send email mail message reply forward notify compose invite share'),
  },
  {
    label: 'executes-code',
    names: new Set(['code', 'script', 'command', 'cmd', 'program', 'sql', 'javascript']),
    verbs: RUN,
  },
  {
    label: 'financial',
    names: new Set(['payment_method', 'payment_methods', 'payment_id', 'card_number', 'iban']),
    verbs: words('book buy order pay reserve purchase update upgrade exchange transfer send make'),
  },
];
