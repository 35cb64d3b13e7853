import type { Label } from '@spoor/core';
import { stem } from './words.ts';

/**
 * What makes a label: a verb where a verb stands, a word of every list, and none of the excluding
 * words.
 */
export interface LabelPattern {
  readonly label: Label;
  readonly verbs?: ReadonlySet<string>;
  readonly all?: readonly ReadonlySet<string>[];
  readonly not?: ReadonlySet<string>;
  /** Only in names and titles, where a single word says enough. */
  readonly nameOnly?: boolean;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' ').map(stem));

const READ = words(
  'get list read fetch find search query lookup look retrieve return show view describe select export browse load ' +
    'download open check see inspect dump access print give monitor track provide pull recall summarize',
);
const MAKE = words('create generate make add get build produce return obtain');
const PEOPLE = words(
  'customer user person people employee patient contact member guest candidate applicant student passenger ' +
    'subscriber citizen donor staff personnel individual resident tenant personal',
);
const DETAILS = words(
  'detail profile record info information data contact address email name phone credential',
);
const PERSONAL = words(
  'pii iban ssn passport birth birthday surname salary medical diagnosis phone personal contact biometric demographic ' +
    'identity residence insurance prescription',
);
const RIGHTS = words('entitlement permission right privilege role acl may allowed authorized');
const SECRETS = words('secret password credential vault keychain passphrase keystore env environ');
const KEYS = words('key token certificate variable');
const KEY_KINDS = words('api private ssh access environment signing encryption bearer refresh env');
const WEB = words(
  'web url website webpage internet browser rss feed tweet news http https site blog forum online link crawl',
);
const INCOMING = words(
  'inbox email mail message sms review comment issue ticket channel thread discussion attachment',
);
const HOLDINGS = words(
  'file folder directory document email mail inbox message chat note calendar event contact account balance transaction ' +
    'invoice order record row table database repository memory graph knowledge history drive attachment appointment ' +
    'statement booking reservation log workspace entity node task conversation spreadsheet sheet config setting',
);
const SEND = words(
  'send email mail message notify reply forward post publish tweet upload submit broadcast invite deliver dispatch text',
);
const SENT = words(
  'email mail message sms notification post comment reply tweet file content data document report webhook request ' +
    'invitation event chat channel user text letter fax issue attachment form url server remote http',
);
const SHARE = words('share publish expose distribute unshare');
const SHARED = words(
  'file document folder link content page album note calendar access post data sheet drive report website anyone public ' +
    'externally file-share publicly image video site gist paste',
);
const OPEN_TO = words(
  'public publicly anyone everyone shareable shared share external externally internet world',
);
const LINK = words('link url access page');
const RUN = words('execute run eval evaluate interpret exec compile launch invoke start');
const CODE = words(
  'code script command shell program python javascript typescript bash terminal notebook cell snippet cmd powershell ' +
    'repl console expression subprocess binary executable sql',
);
const DELETE = words(
  'delete remove drop destroy purge erase wipe truncate uninstall terminate kill overwrite format revoke cancel ' +
    'deactivate shutdown discard clear reset',
);
const PAY = words(
  'pay transfer purchase buy order charge refund withdraw deposit trade sell send checkout donate remit wire place make ' +
    'initiate schedule process',
);
const MONEY = words(
  'money payment fund bill bank invoice stock crypto bitcoin currency cash usd wallet loan check wire trade purchase refund investment holding',
);
const CHANGE = words(
  'grant revoke assign change set update add create manage elevate modify configure disable enable reset list read get ' +
    'control lock unlock',
);
const POWER = words(
  'permission role admin administrator privilege policy acl password iam firewall sudo root entitlement credential access ' +
    'security',
);
const GENERATE = words(
  'generate create render synthesize train transcribe produce convert edit upscale make',
);
const MEDIA = words('image video audio speech music song animation voice picture photo podcast 3d');
const MODEL = words('llm completion inference embedding credit billed paid cost');

/** Adding a word here changes what every rule sees: measure on real tool lists before and after. */
export const LABEL_PATTERNS: readonly LabelPattern[] = [
  { label: 'reads-pii', verbs: READ, all: [PEOPLE, DETAILS], not: RIGHTS },
  { label: 'reads-pii', verbs: READ, all: [PERSONAL], not: RIGHTS },
  { label: 'reads-pii', all: [words('pii')] },
  { label: 'reads-secrets', verbs: READ, all: [SECRETS] },
  { label: 'reads-secrets', verbs: READ, all: [KEY_KINDS, KEYS] },
  { label: 'reads-untrusted', verbs: READ, all: [WEB] },
  {
    label: 'reads-untrusted',
    verbs: words('scrape crawl navigate browse visit fetch'),
    all: [words('page url web site website content internet http')],
  },
  { label: 'reads-untrusted', verbs: words('scrape crawl navigate browse fetch'), nameOnly: true },
  { label: 'reads-untrusted', verbs: READ, all: [INCOMING], not: words('error') },
  { label: 'reads-private', verbs: READ, all: [HOLDINGS] },
  { label: 'reads-private', verbs: READ, all: [PEOPLE] },
  { label: 'reads-private', verbs: READ, all: [RIGHTS] },
  { label: 'reads-private', verbs: READ, all: [SECRETS] },
  { label: 'egress', verbs: SEND, all: [SENT], not: words('download') },
  {
    label: 'egress',
    verbs: words('send post notify reply forward publish tweet upload email submit'),
    nameOnly: true,
  },
  {
    label: 'egress',
    verbs: words('create open add'),
    all: [words('issue comment pull webhook gist pr')],
    nameOnly: true,
  },
  {
    label: 'egress',
    verbs: words('push commit'),
    all: [words('file remote repository branch change')],
  },
  {
    label: 'egress',
    verbs: words('call make perform send'),
    all: [words('http api webhook'), words('request endpoint url call')],
  },
  { label: 'shares-externally', verbs: SHARE, all: [SHARED] },
  { label: 'shares-externally', verbs: words('share publish'), nameOnly: true },
  { label: 'shares-externally', verbs: MAKE, all: [LINK, OPEN_TO] },
  {
    label: 'shares-externally',
    verbs: words('upload make set post'),
    all: [words('public publicly anyone externally pastebin paste gist')],
  },
  { label: 'executes-code', verbs: RUN, all: [CODE] },
  {
    label: 'executes-code',
    all: [words('code python script'), words('interpreter executor runner sandbox execution')],
  },
  {
    label: 'executes-code',
    all: [words('bash powershell shell terminal repl subprocess exec eval')],
    nameOnly: true,
  },
  { label: 'destructive', verbs: DELETE },
  { label: 'financial', verbs: PAY, all: [MONEY] },
  {
    label: 'financial',
    verbs: words('pay purchase buy checkout refund withdraw deposit'),
    nameOnly: true,
  },
  { label: 'privileged', verbs: CHANGE, all: [POWER] },
  { label: 'privileged', all: [words('sudo impersonate entitlement')] },
  { label: 'costly', verbs: GENERATE, all: [MEDIA] },
  {
    label: 'costly',
    all: [MODEL, words('generate call per use charge token request chat text prompt')],
  },
];

/** A tool whose name begins with one of these only reads, whatever its description mentions. */
export const READING_VERBS: ReadonlySet<string> = words(
  'get list read find search query lookup retrieve show view describe select check count is has browse',
);

/** Properties of the input that say what a tool does even where its words do not. */
export const PROPERTY_LABELS: readonly {
  readonly label: Label;
  readonly names: ReadonlySet<string>;
  readonly verbs: ReadonlySet<string>;
}[] = [
  {
    label: 'egress',
    names: new Set(['url', 'uri', 'endpoint', 'webhook', 'webhook_url']),
    verbs: words('fetch request visit navigate send download scrape crawl curl'),
  },
  {
    label: 'egress',
    names: new Set(['recipient', 'recipients', 'to', 'cc', 'bcc']),
    verbs: words('send email mail message reply forward notify compose invite share'),
  },
  {
    label: 'executes-code',
    names: new Set(['code', 'script', 'command', 'cmd', 'program']),
    verbs: RUN,
  },
];
