/** What is promised of the shipped rules together. */
export const PACK = {
  'pack:tested': {
    behavior: 'Every shipped rule fires on traces that it means, and is silent on others.',
    source: 'docs/rules.md',
  },
  'pack:coverage': {
    behavior: 'Each technique of the catalogues has a rule, or a reason why it has none.',
    source: 'docs/coverage.md',
  },
} as const;
