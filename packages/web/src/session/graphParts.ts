import type { Alert, Observation } from '@spoor/core';
import { Position } from '@xyflow/react';
import { type Link, linkPath, linksOf, pathLinks, pathSteps } from '../model/edges.ts';
import { nameOf, OUTCOME_WORDS } from '../model/kinds.ts';
import { type Layout, layOut, type Placed } from '../model/layout.ts';
import { revealed } from '../model/reveal.ts';
import type { LinkEdge } from './GraphEdge.tsx';
import type { StepNode } from './GraphNode.tsx';
import type { Order } from './useOrder.ts';

/** More steps than this are not drawn: a poster is no tool. The table has them all. */
export const NODES_MAX = 500;

/**
 * Labels of data flows stand above the step that they lead to, one above the other, and end where
 * it ends: to the left of it there is room.
 */
const LABEL_GAP = 5;
const LABEL_HEIGHT = 20;

export interface GraphParts {
  readonly layout: Layout;
  readonly nodes: StepNode[];
  readonly edges: LinkEdge[];
}

export interface GraphInput {
  readonly rows: readonly Observation[];
  readonly order: Order;
  readonly call: string;
  readonly alert: Alert | undefined;
}

/** Turns observations into what the renderer draws; places never depend on what comes later. */
export function graphParts({ rows, order, call, alert }: GraphInput): GraphParts {
  const whole = layOut(rows);
  const layout = { ...whole, nodes: whole.nodes.slice(-NODES_MAX) };
  const path = pathSteps(alert);
  const nodes = layout.nodes.map((placed): StepNode => stepNode(placed, order, call, path));
  const links = [...linksOf(layout), ...pathLinks(layout, path)];
  const edges = links.map((link): LinkEdge => linkEdge(link, layout, call, path));
  return { layout, nodes, edges };
}

function stepNode(
  placed: Placed,
  order: Order,
  call: string,
  path: ReadonlyMap<string, number>,
): StepNode {
  const { observation, x, y, width, height } = placed;
  const step = order.stepOf(observation.id);
  const name = revealed(nameOf(observation), 80);
  return {
    id: observation.id,
    type: 'step',
    position: { x, y },
    width,
    height,
    // Stated, because a step out of sight is not drawn and so never measured, but its lines are.
    handles: [
      { type: 'target', position: Position.Left, x: 0, y: height / 2, width: 1, height: 1 },
      { type: 'source', position: Position.Right, x: width, y: height / 2, width: 1, height: 1 },
    ],
    ariaLabel:
      `Step ${step}: ${name} on ${revealed(observation.server.name, 80)}, ` +
      OUTCOME_WORDS[observation.outcome],
    data: {
      observation,
      step,
      color: order.colorOf(observation),
      current: observation.id === call,
      dim: path.size > 0 && !path.has(observation.id),
      mark: path.get(observation.id) ?? 0,
    },
  };
}

function linkEdge(
  link: Link,
  layout: Layout,
  call: string,
  path: ReadonlyMap<string, number>,
): LinkEdge {
  const { from, to } = link;
  const between = layout.nodes.some(
    (node) => node.lane === from.lane && node.x > from.x && node.x < to.x,
  );
  const touched = from.observation.id === call || to.observation.id === call;
  return {
    id: link.id,
    type: 'link',
    source: from.observation.id,
    target: to.observation.id,
    focusable: false,
    zIndex: link.kind === 'path' ? 2 : 0,
    data: {
      kind: link.kind,
      path: linkPath(link, from.lane === to.lane && !between),
      label: link.label,
      weight: link.weight,
      labelX: to.x + to.width,
      labelY: to.y - LABEL_GAP - link.slot * LABEL_HEIGHT,
      lit: touched && link.kind === 'flow',
      dim: path.size > 0 && link.kind !== 'path' && !isBetween(link, path),
    },
  };
}

const isBetween = ({ from, to, kind }: Link, path: ReadonlyMap<string, number>): boolean =>
  kind === 'flow' && path.has(from.observation.id) && path.has(to.observation.id);

/**
 * Keeps the objects of the last drawing wherever nothing about them changed, so that an appended
 * step costs one step's work and not the whole graph's.
 */
export function reuse(before: GraphParts | undefined, next: GraphParts): GraphParts {
  if (before === undefined) return next;
  return {
    layout: next.layout,
    nodes: reuseList(before.nodes, next.nodes),
    edges: reuseList(before.edges, next.edges),
  };
}

interface Part {
  readonly id: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly position?: { readonly x: number; readonly y: number };
}

function reuseList<P extends Part>(before: readonly P[], next: readonly P[]): P[] {
  const known = new Map(before.map((part) => [part.id, part]));
  return next.map((part) => {
    const old = known.get(part.id);
    return old !== undefined && isSame(old, part) ? old : part;
  });
}

function isSame(a: Part, b: Part): boolean {
  if (a.position?.x !== b.position?.x || a.position?.y !== b.position?.y) return false;
  return Object.entries(b.data ?? {}).every(([key, value]) => a.data?.[key] === value);
}
