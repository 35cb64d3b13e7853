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
  'pack:evasions': {
    behavior: 'Rules that follow a chain find it through the evasions that the documents name.',
    source: 'docs/evasions.md',
  },
  'pack:quiet': {
    behavior: 'At most 1 % of recorded benign sessions raise an alert of level high or above.',
    source: 'docs/evasions.md',
  },
  'pack:sensor-silent': {
    behavior:
      'A sensor that goes away in the middle of a call, while its host goes on, is told of.',
    source: 'docs/coverage.md',
  },
} as const;
