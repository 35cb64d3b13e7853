/** What content is examined for, and how rules ask for it. */
export const CONTENT = {
  'content:live': {
    behavior: 'A rule about content itself fires on live traffic, and denies in `enforce`.',
    source: 'docs/sigma.md',
  },
  'content:changed-rules': {
    behavior: 'Sensors that are connected answer the content tests of changed rules.',
    source: 'docs/sigma.md',
  },
  'content:alone': {
    behavior: 'A sensor without a hub answers the content tests of the rules that it decides by.',
    source: 'docs/sigma.md',
  },
  'content:unwrapped': {
    behavior: 'What is encoded, up to two layers, is examined like plain text, and hidden like it.',
    source: 'docs/examine.md',
  },
  'secrets:file': {
    behavior: 'Rules for secrets from a file of the owner hold, and what is not followed is said.',
    source: 'docs/examine.md',
  },
  'pii:national-ids': {
    behavior:
      'Numbers of persons, cards and accounts are told by their check digits; a changed digit is none.',
    source: 'docs/examine.md',
  },
  'egress:cases': {
    behavior:
      'Of agent-egress-bench, all cases over MCP are seen, and nothing that is to be allowed.',
    source: 'docs/examine.md',
  },
  'egress:ledger': {
    behavior:
      'Played through a hub, each case of agent-egress-bench stands in its ledger, which verifies.',
    source: 'docs/benchmarks.md',
  },
  'content:linear': {
    behavior: 'Asking hundreds of expressions of a content takes time in proportion to its length.',
    source: 'docs/sigma.md',
  },
  'content:bounded': {
    behavior:
      'Content that is too long, or that too many expressions would run over, is not covered; it costs bounded time.',
    source: 'docs/sigma.md',
  },
} as const;
