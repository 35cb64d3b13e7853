import { PREFIXED_SECRETS } from './secret-rules-more.ts';

/**
 * Shapes of credentials, as data. A rule is tried only where its literal begins a word, and its
 * pattern must match from there. Literals are written in lower case and match in any; the pattern
 * decides on case.
 */
export interface SecretRule {
  readonly id: string;
  readonly literals: readonly string[];
  /** RE2 syntax; linear in the length of the text. */
  readonly pattern: string;
  /** Bits per character that the match must have at least: keeps placeholders out. */
  readonly entropyMin?: number;
}

const END = '(?:[^0-9A-Za-z_-]|$)';

const SHAPES: readonly SecretRule[] = [
  {
    id: 'private-key',
    literals: ['begin '],
    pattern: 'BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----[0-9A-Za-z+/=\\s\\\\:,.-]{40,}',
  },
  { id: 'age-key', literals: ['age-secret-key-'], pattern: 'AGE-SECRET-KEY-1[0-9A-Z]{40,70}' },
  { id: 'jwt', literals: ['eyj'], pattern: 'eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]{10,}' },
  {
    id: 'aws-access-key',
    literals: ['akia', 'asia', 'abia', 'acca'],
    pattern: `(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}${END}`,
    entropyMin: 2.5,
  },
  {
    id: 'github-token',
    literals: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    pattern: 'gh[pousr]_[0-9A-Za-z]{36,255}',
    entropyMin: 3,
  },
  { id: 'github-fine-grained', literals: ['github_pat_'], pattern: 'github_pat_\\w{60,255}' },
  {
    id: 'gitlab-token',
    literals: ['glpat-', 'glptt-', 'gldt-'],
    pattern: 'gl(?:pat|ptt|dt)-[\\w-]{20,64}',
  },
  {
    id: 'slack-token',
    literals: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxe-', 'xoxr-', 'xoxs-', 'xapp-'],
    pattern: '(?:xox[abeprs]|xapp)-[0-9A-Za-z-]{10,250}',
    entropyMin: 2.5,
  },
  {
    id: 'slack-webhook',
    literals: ['hooks.slack.com/'],
    pattern: 'hooks\\.slack\\.com/(?:services|workflows|triggers)/[0-9A-Za-z+/]{40,80}',
  },
  {
    id: 'llm-api-key',
    literals: ['sk-'],
    pattern: 'sk-(?:[a-z0-9]{2,10}-)?[\\w-]{20,200}',
    entropyMin: 3.5,
  },
  {
    id: 'payment-key',
    literals: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'],
    pattern: '(?:[sr]k_(?:live|test)|whsec)_[0-9A-Za-z+/=]{16,200}',
  },
  { id: 'google-api-key', literals: ['aiza'], pattern: `AIza[\\w-]{35}${END}`, entropyMin: 3 },
  { id: 'google-oauth', literals: ['ya29.'], pattern: 'ya29\\.[\\w-]{20,400}' },
  { id: 'google-client-secret', literals: ['gocspx-'], pattern: 'GOCSPX-[\\w-]{28}' },
  {
    id: 'azure-storage',
    literals: ['accountkey='],
    pattern: 'AccountKey=[0-9A-Za-z+/]{86}==',
  },
  { id: 'npm-token', literals: ['npm_'], pattern: `npm_[0-9A-Za-z]{36}${END}`, entropyMin: 3 },
  { id: 'pypi-token', literals: ['pypi-'], pattern: 'pypi-[\\w-]{50,300}' },
  { id: 'docker-token', literals: ['dckr_pat_'], pattern: 'dckr_pat_[\\w-]{20,64}' },
  {
    id: 'huggingface-token',
    literals: ['hf_'],
    pattern: `hf_[0-9A-Za-z]{30,64}${END}`,
    entropyMin: 3,
  },
  { id: 'sendgrid-key', literals: ['sg.'], pattern: 'SG\\.[\\w-]{16,32}\\.[\\w-]{30,64}' },
  {
    id: 'twilio-key',
    literals: [
      'sk0',
      'sk1',
      'sk2',
      'sk3',
      'sk4',
      'sk5',
      'sk6',
      'sk7',
      'sk8',
      'sk9',
      'ska',
      'skb',
      'skc',
      'skd',
      'ske',
      'skf',
    ],
    pattern: `SK[0-9a-f]{32}${END}`,
  },
  { id: 'mail-key', literals: ['key-'], pattern: `key-[0-9a-f]{32}${END}`, entropyMin: 3 },
  {
    id: 'digitalocean-token',
    literals: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    pattern: 'do[opr]_v1_[0-9a-f]{64}',
  },
  {
    id: 'shopify-token',
    literals: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    pattern: 'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}',
  },
  { id: 'linear-key', literals: ['lin_api_'], pattern: 'lin_api_[0-9A-Za-z]{32,64}' },
  {
    id: 'notion-token',
    literals: ['ntn_', 'secret_'],
    pattern: `(?:ntn|secret)_[0-9A-Za-z]{40,60}${END}`,
    entropyMin: 3.5,
  },
  { id: 'vault-token', literals: ['hvs.', 'hvb.'], pattern: 'hv[sb]\\.[\\w-]{24,300}' },
  { id: 'telegram-bot', literals: ['bot'], pattern: 'bot[0-9]{8,10}:[\\w-]{35}' },
  {
    id: 'bearer',
    literals: ['bearer ', 'basic '],
    pattern: '(?i:bearer|basic)\\s{1,4}[0-9A-Za-z+/=._~-]{20,}',
    entropyMin: 3.5,
  },
];

/** All of them; the first that matches counts. */
export const SECRET_RULES: readonly SecretRule[] = [...SHAPES, ...PREFIXED_SECRETS];

/** Words whose assigned value is a secret by its name, whatever its shape. */
export const SECRET_NAMES: readonly string[] = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'api_key',
  'apikey',
  'api-key',
  'access_key',
  'accesskey',
  'access-key',
  'private_key',
  'privatekey',
  'token',
  'auth_token',
  'credential',
  'credentials',
];

/** Values that stand for one: templates, examples, type names. */
export const PLACEHOLDERS: readonly string[] = [
  'change',
  'example',
  'placeholder',
  'your',
  'xxx',
  '***',
  '...',
  'redacted',
  'secret',
  'password',
  'string',
  'none',
  'null',
  'undefined',
  'required',
  'optional',
  'true',
  'false',
  'process.env',
  'os.environ',
];
