/** Promises about sensors of other machines. */
export const ENROL = {
  'enrol:once': {
    behavior: 'An enrolment code lets one machine in, once, for minutes, and is kept nowhere.',
    source: 'docs/enrol.md',
  },
  'enrol:key': {
    behavior: 'A machine comes in by its own key, on the very connection that it was asked on.',
    source: 'docs/enrol.md',
  },
  'enrol:pinned': {
    behavior: 'A sensor says nothing to a hub other than the one that it was enrolled at.',
    source: 'docs/enrol.md',
  },
  'enrol:apart': {
    behavior: 'Sessions, processes and servers of two machines never mix.',
    source: 'docs/enrol.md',
  },
  'enrol:revoked': {
    behavior: 'A revoked machine is cut off at once, is refused from then on, and goes on working.',
    source: 'docs/enrol.md',
  },
  'enrol:strangers': {
    behavior: 'Strangers at the door get little time, little room and few tries, and are counted.',
    source: 'docs/enrol.md',
  },
  'enrol:elsewhere': {
    behavior: 'An enrolled machine gets the decisions of its hub over chains of its own servers.',
    source: 'docs/enrol.md',
  },
  'enrol:kept': {
    behavior: 'What a machine sees while its hub is away arrives when it is back.',
    source: 'docs/enrol.md',
  },
} as const;
