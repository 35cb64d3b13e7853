/** What the scanner promises of source that it reads. */
export const SCAN_SOURCE = {
  'scan:source-corpus': {
    behavior: 'Every check of source has a bad twin that it finds and a good one that it passes.',
    source: 'docs/scan-source.md',
  },
  'scan:source-contained': {
    behavior: 'Hostile source costs its own file and nothing else, and is executed nowhere.',
    source: 'docs/scan-source.md',
  },
  'scan:source-unread': {
    behavior: 'A file that was not looked at is named, and no check passes because of it.',
    source: 'docs/scan-source.md',
  },
  'scan:source-masked': {
    behavior: 'Evidence out of source shows the line and no key that stands in it.',
    source: 'docs/scan-source.md',
  },
  'scan:source-suppressed': {
    behavior: 'A comment sets a finding aside only with a reason, and both are reported.',
    source: 'docs/scan-source.md',
  },
} as const;
