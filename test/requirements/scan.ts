/** Promises about the scanner. */
export const SCAN = {
  'scan:good-twins': {
    behavior: 'A careful server passes every check that can be made, on both SDKs and eras.',
    source: 'docs/scan.md',
  },
  'scan:bad-twins': {
    behavior: 'Each fault of a server is found by its check, and no check finds what is not there.',
    source: 'docs/scan.md',
  },
  'scan:http': {
    behavior: 'Over HTTP, what a server should refuse is tried, and what it accepts is found.',
    source: 'docs/scan.md',
  },
  'scan:same-twice': {
    behavior: 'Two scans of one server say the same, word for word.',
    source: 'docs/scan.md',
  },
  'scan:not-tested': {
    behavior: 'What could not be tested is said to be so, with why, and never counts as passed.',
    source: 'docs/scan.md',
  },
  'scan:hostile': {
    behavior: 'A server that floods, forks, lies or bombs is stopped, and that is a finding.',
    source: 'docs/scan.md',
  },
  'scan:boxed': {
    behavior: 'A scanned server sees no file, variable or network of the user.',
    source: 'docs/scan.md',
  },
  'scan:formats': {
    behavior: 'SARIF follows its schema, and hostile text is text in every form of a report.',
    source: 'docs/scan.md',
  },
  'scan:lock': {
    behavior: 'A definition that differs from the lock file is found.',
    source: 'docs/scan.md',
  },
  'scan:exporter': {
    behavior: 'Settings of the exporter that leak or trust too much are found, and not shown.',
    source: 'docs/scan.md',
  },
  'scan:command': {
    behavior: 'The command grades a server, writes what is asked for, and ends by the threshold.',
    source: 'docs/scan.md',
  },
} as const;
