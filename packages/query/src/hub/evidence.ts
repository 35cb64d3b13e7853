import {
  type Alert,
  type CallDetail,
  CodedError,
  type InventoryView,
  LABELS,
  LIMITS,
  type Page,
  type ReplayView,
  type RulesView,
  type SessionDetail,
  type SessionView,
} from '@spoor/core';
import { leafHash, proveEntry, verifyProof } from '@spoor/ledger/verify';
import type { BacktestQuery, ChainQuery, EntryProof, EvidenceReader } from '../evidence.ts';
import type { Ask } from '../reader.ts';
import type { HubApi } from './api.ts';
import {
  Alerts,
  Call,
  Inventory,
  Ledger,
  OneAlert,
  Replay,
  Rules,
  Session,
  Sessions,
} from './forms.ts';

/** Ids of sessions, calls and alerts, which the hub makes itself. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const CURSOR = /^[a-z0-9.-]{1,80}$/;

export class HubEvidence implements EvidenceReader {
  readonly #hub: HubApi;

  constructor(hub: HubApi) {
    this.#hub = hub;
  }

  async sessions(limit: number, before: string | undefined, ask: Ask): Promise<Page<SessionView>> {
    const cursor = before === undefined ? {} : { before: checked(CURSOR, before, 'cursor') };
    return this.#hub.get(
      `sessions?${words({ limit: checkLimit(limit), ...cursor })}`,
      Sessions,
      ask,
    );
  }

  async session(id: string, ask: Ask): Promise<SessionDetail | undefined> {
    return this.#hub.find(`sessions/${checked(ID, id, 'session')}`, Session, ask);
  }

  async call(id: string, ask: Ask): Promise<CallDetail | undefined> {
    return this.#hub.find(`calls/${checked(ID, id, 'call')}`, Call, ask);
  }

  async alerts(status: 'open' | 'all', limit: number, ask: Ask): Promise<Page<Alert>> {
    return this.#hub.get(`alerts?${words({ status, limit: checkLimit(limit) })}`, Alerts, ask);
  }

  async alert(id: string, ask: Ask): Promise<Alert | undefined> {
    return this.#hub.find(`alerts/${checked(ID, id, 'alert')}`, OneAlert, ask);
  }

  async rules(ask: Ask): Promise<RulesView> {
    return this.#hub.get('rules', Rules, ask);
  }

  async backtest(query: BacktestQuery, ask: Ask): Promise<ReplayView> {
    return this.#hub.post('rules/replay', query, Replay, ask);
  }

  async chain({ steps, withinMs, ...time }: ChainQuery, ask: Ask): Promise<ReplayView> {
    return this.backtest({ rules: chainRule(steps, withinMs), ...time }, ask);
  }

  async inventory(ask: Ask): Promise<InventoryView> {
    return this.#hub.get('inventory', Inventory, ask);
  }

  /** The proof is made and checked here, of the files that the log publishes. */
  async entry(index: number, ask: Ask): Promise<EntryProof | undefined> {
    if (!Number.isSafeInteger(index) || index < 0)
      throw new CodedError('QUESTION_INVALID', 'index: a whole number');
    const { verifierKey, witness } = await this.#hub.get('ledger', Ledger, ask);
    const source = { read: (path: string) => this.#hub.file(path, ask) };
    const proof = await proveEntry(source, index);
    if (proof === undefined) return undefined;
    const verified = verifyProof(proof, verifierKey);
    const said = { index, verifierKey, witness: witness.state };
    if (verified.status === 'unverified')
      return { ...said, state: 'unproved', why: verified.why, leaf: '', leafHash: '', ...NOWHERE };
    const { leaf, size, origin } = verified;
    const hash = Buffer.from(leafHash(Buffer.from(leaf))).toString('hex');
    return { ...said, state: 'proved', leaf, leafHash: hash, size, origin };
  }
}

const NOWHERE = { size: 0, origin: '' } as const;

function checked(form: RegExp, text: string, what: string): string {
  if (!form.test(text) || text.includes('..')) throw new CodedError('QUESTION_INVALID', what);
  return text;
}

function checkLimit(limit: number): string {
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMITS.pageRowsMax)
    throw new CodedError('QUESTION_INVALID', `limit: 1 to ${LIMITS.pageRowsMax}`);
  return String(limit);
}

const words = (query: Readonly<Record<string, string>>): string =>
  new URLSearchParams(query).toString();

const STEPS_MAX = 8;
const WITHIN_MAX_S = 7 * 86_400;

/**
 * A Sigma correlation: calls with these labels, one after another in one session. Labels are words
 * of ours, so nothing of a caller's text stands in the rule.
 */
function chainRule(steps: ChainQuery['steps'], withinMs: number): string {
  if (steps.length < 2 || steps.length > STEPS_MAX)
    throw new CodedError('QUESTION_INVALID', `steps: 2 to ${STEPS_MAX} labels`);
  const unknown = steps.find((step) => !LABELS.includes(step));
  if (unknown !== undefined) throw new CodedError('QUESTION_INVALID', 'steps: an unknown label');
  const seconds = Math.ceil(withinMs / 1_000);
  if (!(seconds >= 1 && seconds <= WITHIN_MAX_S))
    throw new CodedError('QUESTION_INVALID', 'within: one second to seven days');
  return ruleText(steps, seconds);
}

const idOf = (step: number): string => `00000000-0000-4000-8000-${String(step).padStart(12, '0')}`;

function ruleText(steps: ChainQuery['steps'], seconds: number): string {
  const names = steps.map((_, at) => `step-${at + 1}`);
  const chain = [
    'title: A chain that was asked for',
    `id: ${idOf(0)}`,
    'name: asked-chain',
    'status: experimental',
    'description: Calls with these labels, one after another.',
    'correlation:',
    '  type: temporal_ordered',
    `  rules: [${names.join(', ')}]`,
    '  group-by: [session]',
    `  timespan: ${seconds}s`,
    'level: informational',
    'response: alert',
  ];
  const parts = steps.map((label, at) => [
    `title: Step ${at + 1}`,
    `id: ${idOf(at + 1)}`,
    `name: ${names[at]}`,
    `step: ${label}`,
    'logsource: { product: mcp }',
    'detection:',
    `  call: { kind: tool.call, tool.labels: ${label} }`,
    '  condition: call',
  ]);
  return [chain, ...parts].map((lines) => `${lines.join('\n')}\n`).join('---\n');
}
