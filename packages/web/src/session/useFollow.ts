import type { Alert } from '@spoor/core';
import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useRef, useState } from 'react';
import { LANE_HEIGHT, type Layout, type Placed } from '../model/layout.ts';

export const ZOOM = { min: 0.35, max: 1.5, fitMin: 0.6 } as const;
/** Room for the lane names at the left, and a margin, in pixels of the screen. */
const LEFT_PX = 112;
const RIGHT_PX = 40;
const TOP_PX = 24;

export interface Follow {
  readonly on: boolean;
  /** Steps that came since following stopped. */
  readonly news: number;
  readonly toggle: () => void;
  readonly stop: () => void;
  readonly fit: () => void;
}

/**
 * Moves the view only when asked to: at first sight, while following, and to a step that was chosen
 * elsewhere and is out of sight. Any gesture of the user ends following.
 */
export function useFollow(layout: Layout, call: string, alert: Alert | undefined): Follow {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const [on, setOn] = useState(false);
  const [seen, setSeen] = useState(layout.nodes.length);
  const fitted = useRef(false);
  const fit = (): void => void flow.setViewport(wholeView(layout, width, height));
  useEffect(() => {
    if (fitted.current || width === 0) return;
    fitted.current = true;
    fit();
  });
  const count = layout.nodes.length;
  const right = layout.width;
  useEffect(() => {
    if (!on || width === 0) return;
    setSeen(count);
    const { y, zoom } = flow.getViewport();
    const x = Math.min(LEFT_PX, width - RIGHT_PX - right * zoom);
    void flow.setViewport({ x, y, zoom });
  }, [on, count, right, width, flow]);
  const target = call || (alert?.detection.path.at(-1)?.call ?? '');
  const shown = layout.nodes.find((node) => node.observation.id === target);
  useEffect(() => {
    if (shown === undefined || width === 0) return;
    const view = flow.getViewport();
    const x = intoSight(shown, view, width);
    if (x !== view.x) void flow.setViewport({ ...view, x });
  }, [shown, width, flow]);
  const stop = (): void => {
    if (on) setSeen(count);
    setOn(false);
  };
  return { on, news: on ? 0 : count - seen, toggle: () => setOn(!on), stop, fit };
}

interface ViewportLike {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The whole session where it fits at a size that can be read, else its beginning. */
function wholeView(layout: Layout, width: number, height: number): ViewportLike {
  const fitX = (width - LEFT_PX - RIGHT_PX) / layout.width;
  const fitY = (height - 2 * TOP_PX) / (layout.lanes.length * LANE_HEIGHT);
  const zoom = Math.max(ZOOM.fitMin, Math.min(1, fitX, fitY));
  return { x: LEFT_PX, y: TOP_PX, zoom };
}

/** The smallest sideways move that brings the step into sight. */
function intoSight(node: Placed, view: ViewportLike, width: number): number {
  const left = node.x * view.zoom + view.x;
  const right = (node.x + node.width) * view.zoom + view.x;
  if (left < LEFT_PX) return view.x + LEFT_PX - left;
  if (right > width - RIGHT_PX) return view.x + width - RIGHT_PX - right;
  return view.x;
}
