/**
 * The tamper drill on the audit log of `@microsoft/agent-governance-sdk`, for the table in
 * docs/ledger.md. It is no dependency: install it anywhere and give that folder.
 *
 *     npm install --prefix /some/folder @microsoft/agent-governance-sdk@4.0.0
 *     node bench/agt-drill.ts /some/folder
 */
import { hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { argv } from 'node:process';

interface Entry {
  timestamp: string;
  agentId: string;
  action: string;
  decision: string;
  hash: string;
  previousHash: string;
}

interface AuditLogger {
  log(entry: { agentId: string; action: string; decision: string }): Entry;
  verify(): boolean;
  /** Where it keeps them; whoever has the process or its memory has this. */
  entries: Entry[];
}

const ENTRIES = 100;
const FIELDS = ['timestamp', 'agentId', 'action', 'decision', 'hash', 'previousHash'] as const;

const require = createRequire(join(argv[2] ?? '.', 'package.json'));
const { AuditLogger: Logger } = require('@microsoft/agent-governance-sdk') as {
  AuditLogger: new () => AuditLogger;
};

const original = new Logger();
for (let n = 0; n < ENTRIES; n++) {
  original.log({ agentId: `agent-${n % 3}`, action: `tool.${n}`, decision: 'allow' });
}
const honest: readonly Entry[] = structuredClone(original.entries);

/** Does its own verification object, to those entries? One that throws has objected. */
function finds(entries: readonly Entry[]): boolean {
  const log = new Logger();
  log.entries = structuredClone(entries) as Entry[];
  try {
    return !log.verify();
  } catch {
    return true;
  }
}

function* flips(): Generator<Entry[]> {
  for (const [i, entry] of honest.entries()) {
    for (const field of FIELDS) {
      for (let at = 0; at < entry[field].length; at++) {
        const code = entry[field].charCodeAt(at) ^ 1;
        const text =
          entry[field].slice(0, at) + String.fromCharCode(code) + entry[field].slice(at + 1);
        yield honest.with(i, { ...entry, [field]: text });
      }
    }
  }
}

/** No key is needed to make a chain of hashes anew. */
function rechained(changed: readonly Entry[]): Entry[] {
  let previousHash = '0'.repeat(64);
  return changed.map(({ timestamp, agentId, action, decision }) => {
    const payload = { timestamp, agentId, action, decision, previousHash };
    const entry = { ...payload, hash: hash('sha256', JSON.stringify(payload)) };
    previousHash = entry.hash;
    return entry;
  });
}

const all = honest.map((_, i) => i);
const edited = (i: number): Entry[] =>
  honest.map((entry, at) => (at === i ? { ...entry, decision: 'deny' } : entry));
const drills: Readonly<Record<string, Iterable<readonly Entry[]>>> = {
  'one character changed': flips(),
  'an entry taken out': all.map((i) => honest.toSpliced(i, 1)),
  'an entry put in': all.map((i) => honest.toSpliced(i, 0, edited(i)[i] as Entry)),
  'two entries swapped': all
    .slice(1)
    .map((i) => honest.toSpliced(i - 1, 2, ...honest.slice(i - 1, i + 1).toReversed())),
  'everything written anew with an edit': all.map((i) => rechained(edited(i))),
  'the tail cut': all.slice(1).map((size) => honest.slice(0, size)),
};
for (const [attack, logs] of Object.entries(drills)) {
  const results = [...logs].map(finds);
  console.log(`${results.filter((found) => found).length} of ${results.length}: ${attack}`);
}
