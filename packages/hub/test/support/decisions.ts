import { newCaseId, OBSERVE, type Policy, systemRandom } from '@spoor/core';
import { compileRules, createDetector, createLabeler } from '@spoor/detect';
import type { Hello, Push } from '@spoor/edge';
import type { Appended, Entry, Ledger } from '@spoor/ledger';
import type { RecordBatch } from '../../src/bus.ts';
import { Admission, type Connection } from '../../src/decide/admission.ts';
import { Decisions } from '../../src/decide/decisions.ts';
import { Definitions } from '../../src/decide/definitions.ts';
import { Keeping } from '../../src/decide/keeping.ts';
import { Levels } from '../../src/decide/levels.ts';
import { Sessions } from '../../src/decide/sessions.ts';
import type { Stops } from '../../src/decide/stops.ts';
import { identify } from '../../src/identify/process.ts';
import { countingRandom, definitionOf, hello, START_MS } from './build.ts';

export const ENFORCE: Policy = { ...OBSERVE, mode: 'enforce' };
/** A tool that shares with others, which is sensitive. */
export const SHARE = 'create_shareable_link';

export interface SetUp {
  readonly decisions: Decisions;
  readonly sessions: Sessions;
  readonly connect: (pid: number, part?: Partial<Hello>) => Connection;
  readonly recorded: Partial<RecordBatch>[];
  readonly entries: Entry[];
  readonly pushed: { readonly server: string; readonly push: Push }[];
}

/** Everything that the deciding thread consists of, on a ledger that does as a test says. */
export function setUp(
  policy: Policy,
  append: (entry: Entry) => Appended | undefined,
  {
    rule = '',
    askTimeoutMs = 60_000,
    levels = new Levels(),
    stops,
    elicits,
  }: {
    rule?: string;
    askTimeoutMs?: number;
    levels?: Levels;
    stops?: Stops;
    elicits?: (connection: Connection) => boolean;
  } = {},
): SetUp {
  const random = countingRandom();
  const sessions = new Sessions(random, []);
  const definitions = new Definitions(createLabeler([]), []);
  const share = definitionOf(SHARE, { labels: ['shares-externally'] });
  definitions.list('crm', { tools: [share], partial: false }, START_MS);
  const recorded: Partial<RecordBatch>[] = [];
  const entries: Entry[] = [];
  const ledger: Pick<Ledger, 'append' | 'published'> = {
    published: undefined,
    append: (entry) => {
      entries.push(entry);
      return append(entry);
    },
  };
  const pushed: { readonly server: string; readonly push: Push }[] = [];
  const decisions = new Decisions({
    admission: new Admission(definitions, sessions, 0),
    definitions,
    sessions,
    detector: createDetector({
      rules: compileRules(rule === '' ? [] : [{ path: 'rule.yml', text: rule }]).rules,
      policy,
      // Ids that count up differ only in bytes that a case does not show.
      newCase: () => newCaseId(systemRandom),
    }),
    keeping: new Keeping(1),
    ledger: ledger as Ledger,
    random,
    nowMs: () => START_MS,
    policy: () => policy,
    record: (part) => recorded.push(part),
    relabelled: (server, push) => pushed.push({ server, push }),
    tell: (connection, push) => pushed.push({ server: connection.hello.server.name, push }),
    asksChanged: () => undefined,
    askTimeoutMs,
    levels,
    ...(elicits === undefined ? {} : { elicits }),
    stopOf: (connection, { principal }) => stops?.of(connection, principal),
  });
  const connect = (pid: number, part: Partial<Hello> = {}): Connection => {
    const host = { ...hello().host, process: { pid, start: '1' }, ancestors: [] };
    const said = hello({ host, ...part });
    const { session } = sessions.resolve(said.host, START_MS);
    return { hello: said, session, principal: identify(said, new Uint8Array(32)), open: new Set() };
  };
  return { decisions, sessions, connect, recorded, entries, pushed };
}

export const durable = (): Appended => ({
  index: 3,
  leafHash: 'ab',
  durable: async () => undefined,
  reached: async () => undefined,
});

/** Entry and record follow the answer. */
export const afterwards = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
