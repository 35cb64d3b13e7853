/** What is promised of labels and of definitions. */
export const LABELS_AND_DEFINITIONS = {
  'labels:owner': {
    behavior:
      "The owner's file wins over all else that labels a tool, is edited by command with its comments kept, and holds at once.",
    source: 'docs/labels.md',
  },
  'labels:observed': {
    behavior:
      'A tool whose results carried personal data reads personal data, also after the hub was killed, and the call that showed it is named.',
    source: 'docs/labels.md',
  },
  'definitions:shadowing-measured': {
    behavior:
      'Recorded descriptions that speak of a tool of another server are seen, and of benign ones at most 3 in 1,000.',
    source: 'docs/definitions.md',
  },
  'definitions:approve-and-block': {
    behavior:
      'A drifted definition is shown beside the pinned one; approving pins it, blocking denies its calls in enforce, and each word holds for the definition that was shown.',
    source: 'docs/definitions.md',
  },
  'labels:measured': {
    behavior:
      'Precision and recall of labels are measured on tools that were labelled by hand and not used for improving.',
    source: 'docs/labels.md',
  },
} as const;
