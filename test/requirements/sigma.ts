/** What rules in Sigma mean here. */
export const SIGMA = {
  'sigma:conditions': {
    behavior: 'Any condition over any modifiers means what the specification of Sigma says.',
    source: 'docs/sigma.md',
  },
  'sigma:correlations': {
    behavior: 'Correlations of every type fire where a naive engine that forgets nothing does.',
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
} as const;
