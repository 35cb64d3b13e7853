import type { Layout, Placed } from './layout.ts';

/** Where the graph's canvas is looked at from: its offset in pixels of the screen, and its zoom. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const ZOOM = { min: 0.4, max: 1.5, fitMin: 0.8, pathMin: 0.7 } as const;

const LEFT_PX = 28;
const RIGHT_PX = 40;
const TOP_PX = 8;

const inner = (width: number): number => width - LEFT_PX - RIGHT_PX;

/** The whole session where it fits at a size that can be read, else its beginning. */
export function wholeView(layout: Layout, size: Size): View {
  // Where only the newest steps are drawn, the first of them does not stand at 0.
  const first = layout.nodes[0]?.x ?? 0;
  const fits = Math.min(
    1,
    inner(size.width) / Math.max(1, layout.width - first),
    (size.height - 2 * TOP_PX) / layout.height,
  );
  const zoom = Math.max(ZOOM.fitMin, fits);
  return { x: LEFT_PX - first * zoom, y: TOP_PX, zoom };
}

/** The newest steps, at the zoom that is set. */
export function endView(layout: Layout, size: Size, { y, zoom }: View): View {
  return { x: Math.min(LEFT_PX, size.width - RIGHT_PX - layout.width * zoom), y, zoom };
}

/** The smallest move that brings the steps into sight; the same view where they are already. */
export function intoSight(nodes: readonly Placed[], size: Size, view: View): View {
  const from = Math.min(...nodes.map((node) => node.x));
  const to = Math.max(...nodes.map((node) => node.x + node.width));
  const fits = Math.min(view.zoom, inner(size.width) / (to - from));
  const zoom = Math.max(Math.min(view.zoom, ZOOM.pathMin), fits);
  const left = from * zoom + view.x;
  const right = to * zoom + view.x;
  if (zoom === view.zoom && left >= LEFT_PX && right <= size.width - RIGHT_PX) return view;
  const x = left < LEFT_PX || zoom !== view.zoom ? LEFT_PX - from * zoom : view.x;
  const over = Math.max(0, to * zoom + x - (size.width - RIGHT_PX));
  return { x: x - over, y: view.y, zoom };
}

/** How many steps are out of sight to the right. */
export const beyondRight = (layout: Layout, size: Size, { x, zoom }: View): number =>
  layout.nodes.filter((node) => node.x * zoom + x > size.width).length;

/** One page further to the right, with a little of what was seen before. */
export const pageRight = (layout: Layout, size: Size, view: View): View => {
  const end = endView(layout, size, view);
  return { ...view, x: Math.max(end.x, view.x - inner(size.width)) };
};
