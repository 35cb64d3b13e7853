/** What is promised of labels and of definitions. */
export const LABELS_AND_DEFINITIONS = {
  'labels:measured': {
    behavior:
      'Precision and recall of labels are measured on tools that were labelled by hand and not used for improving.',
    source: 'docs/labels.md',
  },
} as const;
