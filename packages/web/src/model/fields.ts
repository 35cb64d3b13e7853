import type { Alert, Observation, ServerView, SessionView, ToolView, Who } from '@spoor/core';
import type { FilterFields } from './filter.ts';
import { decisionBadge, isOpen, nameOf } from './kinds.ts';

/** What each kind of row can be filtered by. */

export const sessionFields = (session: SessionView): FilterFields => ({
  id: [session.id],
  agent: [session.agent],
  identity: [session.level],
  server: session.servers,
  level: session.worst === undefined ? [] : [session.worst],
  is: [...(session.denied > 0 ? ['denied'] : []), ...(session.alerts > 0 ? ['alerted'] : [])],
  intent: session.intent === undefined ? [] : [session.intent],
});

export function stepFields(observation: Observation): FilterFields {
  const { facts, decision } = observation;
  const contents = [facts.request, facts.result].filter((content) => content !== undefined);
  return {
    id: [observation.id],
    server: [observation.server.name],
    tool: [nameOf(observation)],
    kind: [observation.kind],
    label: observation.tool?.labels ?? [],
    class: contents.flatMap((content) => content.classes.map((fact) => fact.class)),
    outcome: [observation.outcome],
    identity: [observation.principal.level],
    decision: [decisionBadge(decision)?.word ?? decision?.action ?? ''],
    rule: decision === undefined ? [] : [decision.rule],
    flow: facts.flows.map((flow) => flow.tool),
  };
}

const whoFields = (who: Who | undefined): FilterFields =>
  who === undefined ? {} : { agent: [who.agent], identity: [who.level] };

export const alertFields = (alert: Alert): FilterFields => ({
  id: [alert.id],
  title: [alert.title],
  ...whoFields(alert.detection.who),
  level: [alert.rule.level],
  rule: [alert.rule.id],
  status: [alert.status],
  is: [isOpen(alert) ? 'open' : 'closed'],
  session: [alert.session],
  server: alert.detection.path.map((step) => step.server),
  tool: alert.detection.path.map((step) => step.tool),
  decision: [alert.action],
});

export const toolFields = (server: ServerView, tool: ToolView): FilterFields => ({
  server: [server.name],
  tool: [tool.name],
  label: tool.labels,
  change: [tool.change],
});
