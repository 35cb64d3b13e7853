/** Promises about hooks of agent programs, and about calls that wait for a person. */
export const HOOKS_AND_ASKS = {
  'ask:waits': {
    behavior: 'A call that a rule asks about waits for a person, and others go on meanwhile.',
    source: 'docs/asks.md',
  },
  'ask:denied': {
    behavior: 'A call that waits is denied on a no, in time, and when nobody can answer any more.',
    source: 'docs/asks.md',
  },
  'ask:bound': {
    behavior: 'An answer holds for one call with the arguments shown, once, and not from within.',
    source: 'docs/asks.md',
  },
  'ask:observe': {
    behavior: 'In observe nothing waits for a person, and what would have is shown.',
    source: 'docs/asks.md',
  },
  'ask:recorded': {
    behavior: 'The ledger tells who was asked, who answered from where, and for which arguments.',
    source: 'docs/asks.md',
  },
  'hook:observed': {
    behavior: "A host's own tools are seen by its hooks, each use as one call with its end.",
    source: 'docs/hooks.md',
  },
  'hook:decides': {
    behavior: "A hook denies and asks in its host's own words, and never grants a permission.",
    source: 'docs/hooks.md',
  },
  'hook:intent': {
    behavior: 'A prompt that a hook tells is the intent of what follows, with its cluster.',
    source: 'docs/hooks.md',
  },
  'hook:once': {
    behavior: 'A tool of a server that a wrapper stands before is not counted twice.',
    source: 'docs/hooks.md',
  },
  'hook:chain': {
    behavior: "A chain from a host's own tool to a wrapped server is seen.",
    source: 'docs/hooks.md',
  },
  'hook:no-hub': {
    behavior: 'A hook without a hub answers soon: in observe nothing, in enforce by label.',
    source: 'docs/hooks.md',
  },
  'ui:asks': {
    behavior: 'A call that waits for a person is said on every screen, and answered on one.',
    source: 'README.md',
  },
  'intent:embedding': {
    behavior:
      "The cluster of a prompt's embedding is on the calls that follow, and never waited for.",
    source: 'docs/hooks.md',
  },
  'intent:stays': {
    behavior: 'The text of a prompt goes nowhere unless its owner has named an endpoint.',
    source: 'docs/hooks.md',
  },
  'hook:canaries': {
    behavior: 'What a host tells its hooks is found in no file, span or answer, but sealed.',
    source: 'docs/hooks.md',
  },
} as const;
