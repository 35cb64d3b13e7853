/** What rules mean, and what the shipped ones see. */
export const DETECT = {
  'detect:pii-through-code-to-share': {
    behavior: 'Personal data through code to a public link is denied at the link.',
    source: 'docs/rules.md',
  },
  'detect:data-access-then-egress': {
    behavior: 'Private data about to leave without having been asked for is denied.',
    source: 'docs/rules.md',
  },
  'detect:horizontal-movement': {
    behavior: 'More than three sensitive servers within a minute raise an alert.',
    source: 'docs/rules.md',
  },
  'detect:denial-of-wallet': {
    behavior: 'A run of costly calls is stopped, and a loop of equal ones raises an alert.',
    source: 'docs/rules.md',
  },
  'detect:server-asks-model': {
    behavior: 'A server that asks the model is seen in both eras.',
    source: 'docs/rules.md',
  },
  'detect:definition-drift': {
    behavior: 'A definition that changes after it was pinned raises an alert.',
    source: 'docs/rules.md',
  },
  'detect:subversion': {
    behavior: 'A call that does what a result says, and not what the user asked for, is denied.',
    source: 'docs/subversion.md',
  },
  'detect:subversion-explained': {
    behavior: 'The terms that are shown with a score add up to it.',
    source: 'docs/subversion.md',
  },
  'detect:subversion-signs': {
    behavior: 'What speaks for a subverted call never lowers its score, and the reverse.',
    source: 'docs/subversion.md',
  },
  'detect:subversion-recorded': {
    behavior: 'Ordered calls of recorded sessions are found before they are made.',
    source: 'docs/subversion.md',
  },
  'detect:tool-poisoning': {
    behavior: 'A definition with orders that its purpose does not explain raises an alert.',
    source: 'docs/rules.md',
  },
  'detect:hidden-text': {
    behavior: 'A definition with invisible characters raises an alert.',
    source: 'docs/rules.md',
  },
  'detect:poisoned-tools': {
    behavior:
      'Of recorded definitions at least 92 % of the poisoned and at most 0.3 % of the benign alert.',
    source: 'docs/rules.md',
  },
  'detect:asked-for': {
    behavior: 'The same chain passes where the user asked for exactly that.',
    source: 'README.md',
  },
  'detect:renamed-tools': {
    behavior: 'Rules work on tools with other names, from their descriptions.',
    source: 'ARCHITECTURE.md',
  },
  'detect:deterministic': {
    behavior: 'Same observations in the same order, same detections.',
    source: 'ARCHITECTURE.md',
  },
  'detect:broken-rule': {
    behavior: 'A broken rule file is named with line and column, and the other rules load.',
    source: 'docs/errors.md',
  },
  'sigma:conditions': {
    behavior: 'Any condition over any modifiers means what the specification of Sigma says.',
    source: 'docs/sigma.md',
  },
  'sigma:correlations': {
    behavior: 'Correlations of every type fire where a naive engine that forgets nothing does.',
    source: 'docs/sigma.md',
  },
  'sigma:import': {
    behavior: 'Rules of others become rules of ours, or are refused with the reason.',
    source: 'docs/sigma.md',
  },
  'sigma:outside': {
    behavior: 'Sigma in Python reads every shipped rule, and finds what we find.',
    source: 'docs/sigma.md',
  },
  'sigma:problems': {
    behavior: 'What is wrong with a rule is said with a code, a line and a column; the rest loads.',
    source: 'docs/sigma.md',
  },
  'sigma:not-covered': {
    behavior: 'Where content was not asked, a rule neither fires nor says that nothing was there.',
    source: 'docs/sigma.md',
  },
  'replay:protocol': {
    behavior:
      'Recorded sessions are judged call by call, before their results, as live ones are, however they are interleaved.',
    source: 'packages/detect/README.md',
  },
  'replay:bad-lines': {
    behavior: 'A line that cannot be taken is answered by an error, and the next one is taken.',
    source: 'packages/detect/README.md',
  },
} as const;
