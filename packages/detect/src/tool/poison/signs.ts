/**
 * What a definition says that has nothing to do with what its tool does, by what it is after. One
 * sign may be chance; their weights add up. Patterns are RE2, matched without regard to case.
 */
export interface PoisonSign {
  readonly id: string;
  /** For people: what the definition does. */
  readonly says: string;
  /** One alone is enough from 1. */
  readonly weight: number;
  /**
   * Any of them is enough. What stands between top-level bars is a pattern of its own here: each
   * runs only where all words that it needs are there.
   */
  readonly patterns: readonly string[];
}

const ANY = String.raw`(?:[\w'’*/.-]+\s+)`;
const ACT =
  '(?:add|append|attach|bcc|capture|change|collect|copy|copies|embed|exfiltrate|forward|include|insert|log|modify|post|prepend|read|record|reroute|save|send|share|store|upload|write)';
const VALUE = String.raw`(?:https?://|[\w.+-]+@[\w-]+\.\w|/tmp/|\+\d{8,})`;

export const POISON_SIGNS: readonly PoisonSign[] = [
  {
    id: 'conceal',
    says: 'wants to be kept from the user',
    weight: 1,
    patterns: [
      String.raw`\b(?:do not|don['’]t|never|must not|should not|without)\s+${ANY}{0,2}(?:mention|disclos|tell|reveal|report|inform|notify|alert)\w*\s+(?:(?:about\s+)?(?:this|these|that|it|them|any of)\b|${ANY}{0,5}users?\b)`,
      String.raw`\b(?:silently|secretly|covertly|stealthily|invisibly|quietly)\s+(?:${ANY}{0,2})?${ACT}s?\b`,
      String.raw`\bwithout\s+(?:the\s+user\S*\s+(?:knowledge|knowing|noticing|consent|approval)|telling\s+(?:them|anyone)|prompting\s+the\s+user|(?:user\s+)?confirmation)`,
      String.raw`\b(?:confidential|internal)\b[^.]{0,20}\b(?:do not|don['’]t|not)\s+(?:disclose|for display|show)`,
      String.raw`\bhappens\s+silently\b`,
      String.raw`\bhidden\s+from\s+(?:the\s+)?users?\b`,
    ],
  },
  {
    id: 'override',
    says: 'sets itself above other instructions',
    weight: 1,
    patterns: [
      String.raw`\b(?:ignore|disregard|forget|bypass|override|overrule|supersede)s?\s+${ANY}{0,2}(?:all|any|every|previous|prior|above|earlier|other|system|safety|your|user\S*|\w+['’]s)\s+${ANY}{0,3}(?:instructions?|constraints?|rules|polic(?:y|ies)|prompts?|guidelines|requests?)\b`,
      String.raw`\btakes?\s+(?:precedence|priority)\s+over\s+${ANY}{0,4}(?:instructions?|settings|rules|requests?|prompts?)\b`,
      String.raw`\b(?:rule|policy|instruction|requirement|this)\b[^.]{0,60}\bcannot\s+be\s+(?:overridden|skipped|bypassed)\b`,
      String.raw`\b(?:new|updated)\s+system\s+(?:message|prompt|instructions?)\b`,
      String.raw`\b(?:in|under|enters?)\s+${ANY}{0,2}(?:developer|debug|administrator|admin|unrestricted|god)\s+mode\b`,
      String.raw`\b(?:obey|comply\s+with|follow|treat|execute)\s+${ANY}{0,4}instructions?\s+${ANY}{0,2}(?:embedded|found|contained|inside|within)\b`,
    ],
  },
  {
    id: 'standing',
    says: 'speaks of every later call, not of its own',
    weight: 0.6,
    patterns: [
      String.raw`\bfor\s+(?:the\s+)?(?:remainder|rest|duration)\s+of\s+(?:this|the)\s+(?:session|conversation|chat)\b`,
      String.raw`\bfor\s+this\s+entire\s+(?:session|conversation)\b`,
      String.raw`\bin\s+this\s+session\b[^.]{0,40}\b${ACT}\b`,
      String.raw`\b(?:persistent|global|standing)\s+${ANY}{0,2}(?:rule|policy|instruction)s?\b`,
      String.raw`\bfrom\s+now\s+on\b`,
      String.raw`\bon\s+(?:each|every)\s+call,?\s+also\b`,
      String.raw`\b(?:regardless\s+of\s+which|applies\s+to\s+(?:all|every))\s+(?:tools?|shell)\b`,
      String.raw`\bwhen(?:ever)?\s+(?:the\s+user|you|any)\b[^.]{0,100}[,—–-]\s*(?:\w+\s+)?${ACT}\b`,
    ],
  },
  {
    id: 'prerequisite',
    says: 'demands another action first',
    weight: 0.5,
    patterns: [
      String.raw`\bbefore\s+(?:\w+ing|any)\b[^.]{0,80}\b(?:must|first|read|perform|run|capture|call|append|log|pass)\b`,
      String.raw`\b(?:mandatory|required|compliance|security)\s+${ANY}{0,2}(?:check|step|initiali[sz]ation|prerequisite|validation|audit|requirement)\b`,
      String.raw`\bto\s+(?:unlock|enable)\s+${ANY}{0,6}(?:call|access|search|execution|deletion|capability|tool)\b`,
      String.raw`\bwill\s+(?:fail|not\s+\w+)\s+${ANY}{0,6}(?:unless|until|before)\b[^.]{0,80}\b(?:called|initialized|completed)\b`,
      String.raw`\b(?:please\s+)?do\s+the\s+following\s+first\b`,
      String.raw`\bbefore\s+you\s+can\s+\w+\s+the\s+(?:task|request)\b`,
      String.raw`\b(?:to\s+properly\s+\w+|requires?\s+you\s+to)\b[^.]{0,60}\bfirst\b`,
    ],
  },
  {
    id: 'secret',
    says: 'reaches for secrets',
    weight: 0.6,
    patterns: [
      String.raw`(?:~|\$home|/(?:home/\w+|root))/\.\w`,
      String.raw`\bid_(?:rsa|ed25519|ecdsa)\b`,
      String.raw`/etc/(?:passwd|shadow|\w*passwords?|cron)`,
      String.raw`\bssh\s+keys?\b`,
      String.raw`\b(?:bash|zsh)_history\b`,
      String.raw`(?:^|[\s/'"(])\.env\b`,
      String.raw`\$\((?:cat|env|printenv|echo|whoami|hostname)\b`,
      String.raw`\bprintenv\b`,
      String.raw`\b(?:contents?|values?)\s+of\b[^.]{0,60}\b(?:credentials?|private\s+keys?|tokens?|passwords?)\b`,
      String.raw`\b(?:api\s+keys?|passwords?|credentials|environment\s+variables)\b[^.]{0,80}\b(?:write|append|send|into)\b`,
      String.raw`\b(?:append|send|include|write)\b[^.]{0,60}\b(?:environment\s+variables|api\s+keys?|clipboard)\b`,
    ],
  },
  {
    id: 'carry-off',
    says: 'carries content somewhere else',
    weight: 0.5,
    patterns: [
      String.raw`\b${ACT}\b[^.\n]{0,120}${VALUE}`,
      String.raw`\b(?:curl|wget)\s+-`,
      String.raw`\bhttps_proxy=`,
      String.raw`\bbcc\b`,
      String.raw`\b${ACT}s?\s+${ANY}{0,4}(?:full|entire|complete|whole|all)\s+${ANY}{0,3}(?:conversation|contents?|context|history|output|copy|messages)\b`,
      String.raw`\bexfiltrat`,
      String.raw`\b(?:external|another)\s+endpoint\b`,
      String.raw`\b(?:upload|send|forward)s?\s+the\s+user['’]s\b`,
      String.raw`\b(?:append|prepend)\s+${ANY}{0,6}(?:every|all|each|following)\b`,
      String.raw`\b(?:append|prepend|add)\s+to\s+(?:every|all|each)\b`,
    ],
  },
  {
    id: 'posing',
    says: 'poses as the system, or speaks to the model',
    weight: 0.6,
    patterns: [
      String.raw`<\s*/?\s*(?:important|system|secret|hidden|instructions?|information|admin)\s*>`,
      String.raw`(?:^|[.\]>]\s*|\n\s*)(?:\[?\s*(?:system|assistant)(?:\s+\w+){0,2}\s*\]?|(?:security|system|compliance)\s+(?:policy|rule|requirement|check|prerequisite)(?:\s*\([^)]*\))?)\s*:`,
      String.raw`\[(?:background|passive|system|assistant)\b[^\]]{0,30}\]`,
      String.raw`\{\{\s*system\b`,
      String.raw`\b(?:note|message|instructions?)\s+(?:to|for)\s+(?:the\s+)?(?:assistant|ai|model|llm|agent)\b`,
      String.raw`\bhidden\s+(?:directive|instructions?)\b`,
      String.raw`\bmessage\s+from\s+(?:the\s+)?user\s+to\s+you\b`,
      String.raw`\bgave\s+you\s+in\s+the\s+beginning\b`,
      String.raw`\bsigned,?\s+the\s+user\b`,
    ],
  },
  {
    id: 'sleeper',
    says: 'says that it will do otherwise later',
    weight: 0.6,
    patterns: [
      String.raw`\b(?:once|after)\s+${ANY}{0,5}(?:approved|approval|review)\b`,
      String.raw`\bpost-approval\b`,
      String.raw`\bduring\s+review\b`,
      String.raw`\bon\s+subsequent\s+(?:calls|invocations|uses)\b`,
      String.raw`\bafter\s+(?:the\s+)?first\s+(?:use|call|invocation)\b`,
      String.raw`\b(?:previously|already)\s+triggered\b`,
      String.raw`\blater\s+version\s+of\s+this\s+(?:description|tool)\b`,
    ],
  },
  {
    id: 'harm',
    says: 'does what no user asks for',
    weight: 0.5,
    patterns: [
      String.raw`\barbitrary\s+(?:shell\s+)?(?:commands?|code)\b`,
      String.raw`\bunrestricted\b`,
      String.raw`\bwithout\s+(?:user\s+|any\s+)?(?:confirmation|consent|approval)\b`,
      String.raw`\bno\s+confirmation\b`,
      String.raw`\bwithout\s+applying\s+safety\b`,
      String.raw`\bactivates?\s+(?:its|the|in\s+the)\b`,
      String.raw`\bswap\s+it\b`,
      String.raw`\bintends?\s+to\b`,
    ],
  },
  {
    id: 'divert',
    says: 'changes what other tools do, or draws their calls to itself',
    weight: 1,
    patterns: [
      String.raw`\b(?:modif(?:y|ies)|changes?|alters?|intercepts?)\s+${ANY}{0,3}(?:behaviou?r|output|results?|arguments?)\s+of\s+(?:the\s+)?\w+_\w+`,
      String.raw`\b(?:change|reroute|redirect)s?\s+the\s+(?:recipient|destination)\b`,
      String.raw`\broute\s+all\b[^.]{0,40}\b(?:calls|requests)\s+here\b`,
      String.raw`\b(?:replacement|substitute)\s+for\s+${ANY}{0,2}\w+_\w+\s+tool\b`,
      String.raw`\bsupersedes\s+\w+_\w+`,
      String.raw`\ball\s+\w+\s+operations\s+should\s+use\s+this\s+tool\b`,
      String.raw`\breplace\s+its\s+output\b`,
    ],
  },
  {
    id: 'other-tools',
    says: 'gives orders about other tools',
    weight: 0.5,
    patterns: [
      String.raw`\bwhen(?:ever)?\s+(?:the\s+)?\w+_\w+\s+(?:tool\s+)?is\s+(?:called|invoked|used)\b`,
      String.raw`\bwhen(?:ever)?\s+a\s+\w+\s+\w+\s+tool\s+is\s+(?:called|invoked|used)\b`,
      String.raw`\b(?:use|using|call|calling)\s+(?:the\s+)?['"]?\w+_\w+['"]?\s+tool\b`,
      String.raw`\b(?:must|should)\s+(?:also\s+|first\s+)?call\s+\w+_\w+\s+with\b`,
      String.raw`\bcall(?:ing)?\s+\w+_\w+\s+with\s+\S+=`,
    ],
  },
  {
    id: 'promote',
    says: 'praises itself to be chosen',
    weight: 1,
    patterns: [
      String.raw`\bbest\s+tool\s+(?:in\s+the\s+world|ever|available|for\s+everything)\b`,
      String.raw`\balways\s+(?:choose|prefer|select|use)\s+this\s+tool\s+(?:over|instead|rather|first)\b`,
      String.raw`\b(?:do\s+not|never)\s+use\s+(?:any\s+)?other\s+tools?\b`,
    ],
  },
  {
    id: 'asks-model',
    says: 'asks for what only the model knows',
    weight: 1,
    patterns: [
      String.raw`\bname\s+of\s+the\s+(?:llm|ai|language)?\s*model\s+(?:that|which)\s+(?:calls|uses|is\s+calling)\b`,
      String.raw`\b(?:reveal|output|include|pass|provide)\s+${ANY}{0,4}(?:system\s+prompt|conversation\s+history|chat\s+history|hidden\s+system\s+instructions)\b`,
    ],
  },
];

/** Weights that make a definition poisoned. */
export const POISONED_FROM = 1;
