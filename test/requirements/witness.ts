/** What witnesses and their checkpoints promise. */
export const WITNESS = {
  'witness:protocol': {
    behavior: 'A witness answers as C2SP tlog-witness says, with each of its status codes.',
    source: 'docs/witness.md',
  },
  'witness:never-two': {
    behavior:
      'Whatever it is asked and however it stops, a witness cosigns no two roots for a size, and no growth that is none.',
    source: 'docs/witness.md',
  },
  'witness:silence': {
    behavior: 'A log that has stopped growing is reported by its witness.',
    source: 'docs/witness.md',
  },
  'witness:kill': {
    behavior: 'A witness that is killed has lost nothing that it said it had signed.',
    source: 'docs/witness.md',
  },
  'witness:quorum': {
    behavior:
      'Once enough witnesses have cosigned, the checkpoint is published with their lines, and stays to be seen.',
    source: 'docs/witness.md',
  },
  'witness:background': {
    behavior: 'Nothing that is written or published waits for a witness.',
    source: 'docs/witness.md',
  },
  'witness:refused': {
    behavior:
      'A ledger that is older than what a witness has cosigned is not written on, and an alert tells of it.',
    source: 'docs/witness.md',
  },
  'witness:noticed': {
    behavior: 'With a witness, a ledger that was cut or put back is noticed within ten seconds.',
    source: 'docs/witness.md',
  },
  'witness:outside': {
    behavior:
      "Other people's witnesses vouch for a hub's ledger, their logs are published by ours, and they agree on policies.",
    source: 'docs/witness.md',
  },
  'ledger:claims': {
    behavior: 'A ledger that has lost entries is contradicted by the spans and alerts about them.',
    source: 'docs/witness.md',
  },
  'witness:levels': {
    behavior:
      'A call whose label asks for witnesses goes on once they have cosigned its entry, and no decision takes longer for it.',
    source: 'docs/witness.md',
  },
  'witness:policy': {
    behavior:
      'A policy of witnesses is read as C2SP tlog-policy says, and anything else is refused.',
    source: 'docs/witness.md',
  },
  'witness:verify': {
    behavior:
      'A verifier tells a ledger that witnesses vouch for from one that they do not, or no longer.',
    source: 'docs/witness.md',
  },
  'witness:page': {
    behavior:
      'The Audit screen checks the words of witnesses itself, by keys that need not come from the hub.',
    source: 'docs/witness.md',
  },
  'witness:heartbeat': {
    behavior: 'A hub that has nothing to do says in its ledger that it is alive.',
    source: 'docs/witness.md',
  },
} as const;
