import { describe, expect, it } from 'vitest';
import { layOut } from '../../src/model/layout.ts';
import {
  beyondRight,
  endView,
  intoSight,
  pageRight,
  wholeView,
  ZOOM,
} from '../../src/model/viewport.ts';
import { observation } from '../fixtures.ts';

const layout = layOut(Array.from({ length: 30 }, (_, i) => observation(`c${i}`)));
const small = layOut([observation('a'), observation('b')]);
const size = { width: 900, height: 600 };

describe('the view of the graph', () => {
  it('shows a small session whole, and never larger than life', () => {
    const view = wholeView(small, size);
    expect(view.zoom).toBe(1);
    expect(beyondRight(small, size, view)).toBe(0);
  });

  it('shows the beginning of a long one at a size that can be read, and says how much is left', () => {
    const view = wholeView(layout, size);
    expect(view.zoom).toBe(ZOOM.fitMin);
    expect(beyondRight(layout, size, view)).toBeGreaterThan(20);
  });

  it('ends with the newest step in sight', () => {
    expect(beyondRight(layout, size, endView(layout, size, wholeView(layout, size)))).toBe(0);
  });

  it('pages to the end and not beyond', () => {
    let view = wholeView(layout, size);
    for (let i = 0; i < 20; i++) view = pageRight(layout, size, view);
    expect(view.x).toBe(endView(layout, size, view).x);
  });

  it('does not move for a step that is in sight', () => {
    const view = wholeView(layout, size);
    expect(intoSight(layout.nodes.slice(0, 2), size, view)).toBe(view);
  });

  it('moves just enough for a step that is not', () => {
    const [node] = layout.nodes.slice(-1);
    if (node === undefined) throw new Error('there is a last step');
    const view = intoSight([node], size, wholeView(layout, size));
    const right = (node.x + node.width) * view.zoom + view.x;
    expect(right).toBeLessThanOrEqual(size.width);
    expect(node.x * view.zoom + view.x).toBeGreaterThan(0);
  });
});
