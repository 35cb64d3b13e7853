/** How far data is followed from results into arguments. */
export const FLOW = {
  'flow:passages': {
    behavior:
      'A sentence of a result is found in other text of an argument, also wrapped, encoded, backwards or turned by 13 letters.',
    source: 'docs/flow.md',
  },
  'flow:parts': {
    behavior:
      'A secret or account number is found when it leaves in parts, backwards or with marks between.',
    source: 'docs/flow.md',
  },
  'flow:live': {
    behavior: 'Such flows are found on live traffic, and a rule can deny the call by their kind.',
    source: 'docs/flow.md',
  },
  'flow:words': {
    behavior: 'Evidence of a flow says in words from where to where a value went, and who asked.',
    source: 'docs/flow.md',
  },
} as const;
