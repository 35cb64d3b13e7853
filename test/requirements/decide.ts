/** Promises about what owners and rules decide: stops, exceptions, masks, deferred sessions. */
export const DECIDE = {
  'stop:denies': {
    behavior: 'What is stopped is denied within a second, in every mode, until it is resumed.',
    source: 'docs/decisions.md',
  },
  'stop:survives': {
    behavior: 'A stop outlives a restart of the hub, and holds while there is no hub.',
    source: 'docs/decisions.md',
  },
  'stop:bypass': {
    behavior: 'No new session, child program, other method, answer or approval gets past a stop.',
    source: 'docs/decisions.md',
  },
  'stop:recorded': {
    behavior: 'The ledger tells what was stopped and resumed, by whom and why.',
    source: 'docs/decisions.md',
  },
  'exception:passes': {
    behavior: 'What the owner excepted passes, is recorded as that and counted, until it expires.',
    source: 'docs/decisions.md',
  },
  'exception:narrow': {
    behavior:
      'An exception lets nothing pass but what it names, sign by sign; a broad one is refused.',
    source: 'docs/decisions.md',
  },
  'exception:changes': {
    behavior:
      'Each change of the exceptions is in the ledger, also one by hand, and none is made from within.',
    source: 'docs/decisions.md',
  },
  'modify:arguments': {
    behavior: 'A call goes on with what a rule names masked, and the ledger says what that was.',
    source: 'docs/decisions.md',
  },
  'modify:result': {
    behavior: 'A result arrives with what a rule names masked, in fields and in words alike.',
    source: 'docs/decisions.md',
  },
  'modify:bypass': {
    behavior: 'No batch, size, escape, spelling or unreadable frame carries what is to be masked.',
    source: 'docs/decisions.md',
  },
  'defer:session': {
    behavior: 'A rule that defers puts the session aside until a person has released it.',
    source: 'docs/decisions.md',
  },
  'shadow:rule': {
    behavior:
      'A rule in the shadow denies nothing, whatever else is enforced, and shows what it would.',
    source: 'docs/decisions.md',
  },
  'fail:labels': {
    behavior: 'Without hub or ledger, calls go on or do not as the owner says of their labels.',
    source: 'docs/decisions.md',
  },
  'elicit:answers': {
    behavior: 'A client that can ask its user answers a call that waits, by elicitation.',
    source: 'docs/asks.md',
  },
  'elicit:trust': {
    behavior: 'Only clients that the owner names are asked, and no server answers for them.',
    source: 'docs/asks.md',
  },
  'elicit:bound': {
    behavior: 'An answer by elicitation is for one call of its own connection, with its arguments.',
    source: 'docs/asks.md',
  },
} as const;
