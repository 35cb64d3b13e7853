import type {
  Alert,
  AnswerView,
  AskView,
  CallDetail,
  DefinitionWord,
  HubView,
  InventoryView,
  LedgerView,
  Page,
  PinView,
  PolicyView,
  ReplayView,
  RulesView,
  SessionDetail,
  SessionView,
  StopView,
} from '@spoor/core';
import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { getJson, postJson } from './client.ts';

const SESSIONS_PER_PAGE = 100;
const ALERTS_MAX = 500;

export const KEYS = {
  hub: ['hub'] as const,
  sessions: ['sessions'] as const,
  alerts: ['alerts'] as const,
  asks: ['asks'] as const,
  rules: ['rules'] as const,
  inventory: ['inventory'] as const,
  ledger: ['ledger'] as const,
  session: (id: string): readonly [string, string] => ['session', id],
  call: (id: string): readonly [string, string] => ['call', id],
} as const;

const part = encodeURIComponent;

export const useHub = (): UseQueryResult<HubView> =>
  useQuery({ queryKey: KEYS.hub, queryFn: () => getJson<HubView>('/api/v1/hub') });

/** Which sessions, and which first: '' is all of them, and the newest. */
export interface SessionOrder {
  readonly identity: string;
  readonly sort: string;
}

export const useSessions = ({
  identity,
  sort,
}: SessionOrder): UseInfiniteQueryResult<InfiniteData<Page<SessionView>>> =>
  useInfiniteQuery({
    queryKey: identity === '' && sort === '' ? KEYS.sessions : [...KEYS.sessions, identity, sort],
    initialPageParam: '',
    queryFn: ({ pageParam }) => {
      const only = identity && `&identity=${part(identity)}`;
      const before = pageParam && `&before=${part(pageParam)}`;
      const path = `/api/v1/sessions?limit=${SESSIONS_PER_PAGE}${only}${sort && `&sort=${part(sort)}`}`;
      return getJson<Page<SessionView>>(path + before);
    },
    getNextPageParam: (page) => page.next,
    // The rows stay while others are fetched.
    placeholderData: keepPreviousData,
  });

export const useSession = (id: string): UseQueryResult<SessionDetail> =>
  useQuery({
    queryKey: KEYS.session(id),
    queryFn: () => getJson<SessionDetail>(`/api/v1/sessions/${part(id)}`),
  });

export const fetchCall = (id: string): Promise<CallDetail> =>
  getJson<CallDetail>(`/api/v1/calls/${part(id)}`);

export const useCall = (id: string): UseQueryResult<CallDetail> =>
  useQuery({ queryKey: KEYS.call(id), queryFn: () => fetchCall(id) });

export const useAlerts = (): UseQueryResult<Page<Alert>> =>
  useQuery({
    queryKey: KEYS.alerts,
    queryFn: () => getJson<Page<Alert>>(`/api/v1/alerts?status=all&limit=${ALERTS_MAX}`),
  });

export const useAsks = (): UseQueryResult<Page<AskView>> =>
  useQuery({ queryKey: KEYS.asks, queryFn: () => getJson<Page<AskView>>('/api/v1/asks') });

export const answerAsk = (
  { case: caseId, digest }: AskView,
  answer: 'approve' | 'deny',
): Promise<AnswerView> => postJson<AnswerView>(`/api/v1/asks/${part(caseId)}`, { answer, digest });

/** All further calls of a session are denied until it is resumed. */
export const stopSession = (session: string): Promise<StopView> =>
  postJson<StopView>('/api/v1/stops', { kind: 'session', value: session });

export const resumeStop = (caseId: string): Promise<StopView> =>
  postJson<StopView>(`/api/v1/stops/${part(caseId)}/resume`, {});

export const useRules = (): UseQueryResult<RulesView> =>
  useQuery({ queryKey: KEYS.rules, queryFn: () => getJson<RulesView>('/api/v1/rules') });

export const useInventory = (): UseQueryResult<InventoryView> =>
  useQuery({
    queryKey: KEYS.inventory,
    queryFn: () => getJson<InventoryView>('/api/v1/inventory'),
  });

export const sayOfDefinition = (
  server: string,
  tool: string,
  word: DefinitionWord,
  digest: string,
): Promise<PinView> => postJson<PinView>('/api/v1/definitions', { server, tool, word, digest });

export const useLedger = (): UseQueryResult<LedgerView> =>
  useQuery({ queryKey: KEYS.ledger, queryFn: () => getJson<LedgerView>('/api/v1/ledger') });

export const setAlert = (
  id: string,
  status: Alert['status'],
  reason: string | undefined,
): Promise<Alert> =>
  postJson<Alert>(`/api/v1/alerts/${part(id)}`, {
    status,
    ...(reason === undefined ? {} : { reason }),
  });

/** With `ask`, which needs a rule, its denials are questions. */
export const setMode = (mode: PolicyView['mode'] | 'ask', rule?: string): Promise<PolicyView> =>
  postJson<PolicyView>('/api/v1/enforce', {
    mode: mode === 'observe' ? 'observe' : 'enforce',
    ...(rule === undefined ? {} : { rule }),
    ...(mode === 'ask' ? { ask: true } : {}),
  });

/** One rule over what the hub has stored since then. */
export const replayRule = (
  rule: string,
  fromMs: number,
  signal: AbortSignal,
): Promise<ReplayView> => postJson<ReplayView>('/api/v1/rules/replay', { rule, fromMs }, signal);
