import type { Alert, FlowEdge } from '@spoor/core';
import { fieldText } from './flowWords.ts';
import { nameOf } from './kinds.ts';
import type { Layout, Placed } from './layout.ts';

export type LinkKind = 'control' | 'cause' | 'flow' | 'path';

/** A line between two steps of the graph. */
export interface Link {
  readonly id: string;
  readonly kind: LinkKind;
  readonly from: Placed;
  readonly to: Placed;
  readonly label: string;
  /** 0 to 1: how much of the argument came from there. */
  readonly weight: number;
  /** Counts the data flows into one step, so that their labels do not cover each other. */
  readonly slot: number;
}

export function linksOf(layout: Layout): readonly Link[] {
  const byId = new Map(layout.nodes.map((node) => [node.observation.id as string, node]));
  return layout.nodes.flatMap((node, index) => [
    ...controlLink(layout.nodes[index - 1], node),
    ...causeLink(byId, node),
    ...flowLinks(byId, node),
  ]);
}

function controlLink(before: Placed | undefined, to: Placed): readonly Link[] {
  if (before === undefined) return [];
  const id = `control:${to.observation.id}`;
  return [{ id, kind: 'control', from: before, to, label: '', weight: 0, slot: 0 }];
}

function causeLink(byId: ReadonlyMap<string, Placed>, to: Placed): readonly Link[] {
  const from = byId.get(to.observation.cause.parent ?? '');
  if (from === undefined) return [];
  const label = `caused by ${nameOf(from.observation)} (${to.observation.cause.evidence})`;
  return [{ id: `cause:${to.observation.id}`, kind: 'cause', from, to, label, weight: 0, slot: 0 }];
}

/** All values that one step took from another are one line. */
function flowLinks(byId: ReadonlyMap<string, Placed>, to: Placed): readonly Link[] {
  const groups = Map.groupBy(to.observation.facts.flows, (flow) => flow.from as string);
  return [...groups].flatMap(([source, flows], slot) => {
    const from = byId.get(source);
    if (from === undefined || from === to) return [];
    const id = `flow:${source}:${to.observation.id}`;
    const weight = Math.max(...flows.map((flow) => flow.coverage));
    return [{ id, kind: 'flow', from, to, label: flowLabel(flows), weight, slot }];
  });
}

function flowLabel(flows: readonly FlowEdge[]): string {
  const [first] = flows;
  if (first === undefined) return '';
  const more = flows.length > 1 ? ` and ${flows.length - 1} more` : '';
  return `${fieldText(first.field)} → ${fieldText(first.to)}, ${Math.round(first.coverage * 100)} %${more}`;
}

/** The numbered path of an alert: which step of it each call is, from 1. */
export function pathSteps(alert: Alert | undefined): ReadonlyMap<string, number> {
  const steps = new Map<string, number>();
  for (const step of alert?.detection.path ?? []) {
    if (!steps.has(step.call)) steps.set(step.call, steps.size + 1);
  }
  return steps;
}

export function pathLinks(layout: Layout, steps: ReadonlyMap<string, number>): readonly Link[] {
  const nodes = layout.nodes
    .filter((node) => steps.has(node.observation.id))
    .sort((a, b) => (steps.get(a.observation.id) ?? 0) - (steps.get(b.observation.id) ?? 0));
  return nodes.slice(1).flatMap((to, index) => {
    const from = nodes[index];
    const id = `path:${to.observation.id}`;
    return from === undefined
      ? []
      : [{ id, kind: 'path', from, to, label: '', weight: 1, slot: 0 }];
  });
}

const CIRCLED_ONE = 0x2460;
const CIRCLED_MAX = 20;

/** ① to ⑳, then the plain number. */
export const circled = (step: number): string =>
  step <= CIRCLED_MAX ? String.fromCodePoint(CIRCLED_ONE + step - 1) : String(step);

const RADIUS = 8;
/** A line leaves its step this far from the step's left edge, so that all of them share a trunk. */
const TRUNK = 18;
/** Lines within one lane pass above the steps between their ends. */
const DETOUR = 12;

/**
 * SVG path of a link: down or up from the source, then right into the target, with a round corner.
 * Steps of one lane are joined by a straight line, or by a detour above where others lie between.
 */
export function linkPath({ from, to }: Pick<Link, 'from' | 'to'>, near: boolean): string {
  const targetY = to.y + to.height / 2;
  if (from.lane === to.lane) return lanePath(from, to, near);
  const down = to.lane > from.lane;
  const x = from.x + Math.min(TRUNK, from.width / 2);
  const startY = down ? from.y + from.height : from.y;
  const bendY = targetY + (down ? -RADIUS : RADIUS);
  return `M${x} ${startY}V${bendY}Q${x} ${targetY} ${x + RADIUS} ${targetY}H${to.x}`;
}

function lanePath(from: Placed, to: Placed, near: boolean): string {
  const y = from.y + from.height / 2;
  if (near) return `M${from.x + from.width} ${y}H${to.x}`;
  const x = from.x + from.width - TRUNK;
  const endX = to.x + TRUNK;
  const top = from.y - DETOUR;
  return (
    `M${x} ${from.y}V${top + RADIUS}Q${x} ${top} ${x + RADIUS} ${top}` +
    `H${endX - RADIUS}Q${endX} ${top} ${endX} ${top + RADIUS}V${to.y}`
  );
}
