// @vitest-environment happy-dom
import { createElement, type ReactNode } from 'react';
import { afterEach, describe, it } from 'vitest';
import { AlertsScreen } from '../../src/alerts/AlertsScreen.tsx';
import { AsksScreen } from '../../src/asks/AsksScreen.tsx';
import { AuditScreen } from '../../src/audit/AuditScreen.tsx';
import { InventoryScreen } from '../../src/inventory/InventoryScreen.tsx';
import { RulesScreen } from '../../src/rules/RulesScreen.tsx';
import { SessionScreen } from '../../src/session/SessionScreen.tsx';
import { SessionsScreen } from '../../src/sessions/SessionsScreen.tsx';
import {
  alert,
  ask,
  detail,
  hub,
  ledger,
  observation,
  rule,
  SESSION,
  session,
} from '../fixtures.ts';
import { fakeHub, type Hub, mount, unmountAll, until } from '../render.ts';

afterEach(unmountAll);

/** What each screen reads, and what it says in each of its states. */
interface Case {
  readonly screen: () => ReactNode;
  readonly api: string;
  readonly noun: string;
  readonly none: unknown;
  readonly some: unknown;
  readonly firstUse?: string;
  readonly empty?: string;
  readonly filtered?: string;
  readonly rows: string | RegExp;
  readonly partial?: { readonly answer: unknown; readonly words: string };
}

const QUIET: Hub = { '/api/v1/hub': hub() };
const PIN = { blocked: false };
const { newestCallMs: _, ...unused } = hub({ calls24h: 0 });
const UNUSED: Hub = { '/api/v1/hub': unused };
const problem = { path: 'my.yml', line: 14, column: 7, code: 'RULE_INVALID', message: 'bad field' };
const server = {
  name: 'crm',
  transport: 'stdio',
  firstMs: 0,
  lastMs: 0,
  tools: [{ name: 'query', labels: [], change: 'changed', pin: PIN, calls24h: 3 }],
};
const oneCall = detail([observation('a')]);

const CASES: Readonly<Record<string, Case>> = {
  Sessions: {
    screen: () => createElement(SessionsScreen),
    api: '/api/v1/sessions',
    noun: 'sessions',
    none: { rows: [] },
    some: { rows: [session({ agent: 'cursor' })] },
    firstUse: 'No session yet',
    empty: 'No sessions are kept',
    filtered: 'Nothing matches the filter',
    rows: 'cursor',
  },
  Session: {
    screen: () => createElement(SessionScreen, { id: SESSION }),
    api: `/api/v1/sessions/${SESSION}`,
    noun: 'session',
    none: detail([]),
    some: oneCall,
    empty: 'No calls yet',
    filtered: 'Nothing matches the filter',
    rows: 'query',
    partial: { answer: { ...oneCall, partial: true }, words: 'Only the newest part' },
  },
  Alerts: {
    screen: () => createElement(AlertsScreen, { id: '' }),
    api: '/api/v1/alerts',
    noun: 'alerts',
    none: { rows: [] },
    some: { rows: [alert('a', ['1', '2'])] },
    firstUse: 'Nothing has been watched yet',
    empty: '14,203 calls evaluated by 6 rules',
    filtered: 'Nothing matches the filter',
    rows: 'Private data is about to leave',
    partial: {
      answer: { rows: [alert('a', ['1'])], next: 'x' },
      words: 'Only the newest alerts are shown',
    },
  },
  Waiting: {
    screen: () => createElement(AsksScreen),
    api: '/api/v1/asks',
    noun: 'waiting calls',
    none: { rows: [] },
    some: { rows: [ask()] },
    firstUse: 'Nothing has been watched yet',
    empty: 'No call waits for you',
    rows: 'create_shareable_link on drive',
  },
  Rules: {
    screen: () => createElement(RulesScreen, { id: '' }),
    api: '/api/v1/rules',
    noun: 'rules',
    none: { rules: [], problems: [] },
    some: { rules: [rule()], problems: [] },
    firstUse: 'No rules are loaded',
    filtered: 'Nothing matches the filter',
    rows: 'data-access-then-egress',
    partial: {
      answer: { rules: [rule()], problems: [problem] },
      words: 'my.yml:14:7bad field RULE_INVALID',
    },
  },
  Inventory: {
    screen: () => createElement(InventoryScreen),
    api: '/api/v1/inventory',
    noun: 'servers',
    none: { servers: [] },
    some: { servers: [server] },
    firstUse: 'No server has been seen',
    empty: 'No definitions were seen',
    filtered: 'Nothing matches the filter',
    rows: 'Changed',
  },
  Audit: {
    screen: () => createElement(AuditScreen),
    api: '/api/v1/ledger',
    noun: 'ledger',
    none: ledger({ size: 0 }),
    some: ledger(),
    firstUse: 'The ledger has no entries yet',
    rows: 'Not verified yet',
  },
};

describe.each(Object.entries(CASES))('%s', (_name, screen) => {
  const open = async (hubAnswers: Hub, search: string = '?view=steps'): Promise<HTMLElement> => {
    fakeHub(hubAnswers);
    return mount(screen.screen(), `/${search}`);
  };

  it('shows its rows', async () => {
    await until(await open({ ...QUIET, [screen.api]: screen.some }), screen.rows);
  });

  it('says what it reads while it is loading', async () => {
    const host = await open({ ...QUIET, [screen.api]: null });
    const status = host.querySelector(`[role="status"][aria-label="Reading ${screen.noun}"]`);
    if (status === null) throw new Error(`No skeleton: ${host.innerHTML}`);
  });

  it('says that it failed, with the code and a way to try again', async () => {
    const host = await open({ ...QUIET, [screen.api]: 503 });
    await until(host, `The ${screen.noun} could not be read STORE_UNAVAILABLE`);
    await until(host, 'Try again');
  });

  if (screen.firstUse !== undefined)
    it('explains the first use', async () => {
      await until(await open({ ...UNUSED, [screen.api]: screen.none }), screen.firstUse ?? '');
    });

  if (screen.empty !== undefined)
    it('says what was covered when there is nothing', async () => {
      await until(await open({ ...QUIET, [screen.api]: screen.none }), screen.empty ?? '');
    });

  if (screen.filtered !== undefined)
    it('says what the filter hides', async () => {
      const search = '?view=steps&filter=nothing-is-called-so';
      const host = await open({ ...QUIET, [screen.api]: screen.some }, search);
      await until(host, screen.filtered ?? '');
      await until(host, 'Clear the filter');
    });

  if (screen.partial !== undefined)
    it('says when it does not show everything', async () => {
      const host = await open({ ...QUIET, [screen.api]: screen.partial?.answer });
      await until(host, screen.partial?.words ?? '');
    });
});
