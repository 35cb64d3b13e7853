import type {
  Alert,
  CallDetail,
  InventoryView,
  LedgerView,
  Page,
  ReplayView,
  RulesView,
  SessionDetail,
  SessionView,
  TraceListView,
  TraceView,
} from '@spoor/core';
import { z } from 'zod';

/**
 * The outlines of what the hub answers: enough to tell its answer from a stranger's. What is within
 * was typed by the same sources.
 */
const rows = <Row>(): z.ZodType<Row[]> => z.array(z.looseObject({})) as unknown as z.ZodType<Row[]>;

const outline = <View>(shape: z.ZodRawShape): z.ZodType<View> =>
  z.looseObject(shape) as unknown as z.ZodType<View>;

export const Sessions: z.ZodType<Page<SessionView>> = outline({
  rows: rows<SessionView>(),
  next: z.string().optional(),
});
export const Session: z.ZodType<SessionDetail> = outline({
  session: z.looseObject({ id: z.string() }),
  observations: rows(),
  alerts: rows(),
  partial: z.boolean(),
});
export const Call: z.ZodType<CallDetail> = outline({
  observation: z.looseObject({ id: z.string() }),
  ledger: rows(),
  alerts: rows(),
});
export const Alerts: z.ZodType<Page<Alert>> = outline({ rows: rows<Alert>() });
export const OneAlert: z.ZodType<Alert> = outline({
  id: z.string(),
  rule: z.looseObject({ id: z.string() }),
});
export const Rules: z.ZodType<RulesView> = outline({
  rules: rows(),
  builtIn: rows(),
  problems: rows(),
});
export const Replay: z.ZodType<ReplayView> = outline({
  history: z.looseObject({ observations: z.number() }),
  rules: rows(),
});
export const Inventory: z.ZodType<InventoryView> = outline({ servers: rows() });
export const Ledger: z.ZodType<LedgerView> = outline({
  origin: z.string(),
  size: z.number(),
  verifierKey: z.string(),
  witness: z.looseObject({ state: z.string() }),
});
export const TraceList: z.ZodType<TraceListView> = outline({
  traces: z.array(z.string()),
  complete: z.boolean(),
});
export const Trace: z.ZodType<TraceView> = outline({
  trace: z.string(),
  spans: rows(),
  partial: z.boolean(),
});
