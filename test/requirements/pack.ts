/** What is promised of the shipped rules together. */
export const PACK = {
  'pack:tested': {
    behavior: 'Every shipped rule fires on traces that it means, and is silent on others.',
    source: 'docs/rules.md',
  },
} as const;
