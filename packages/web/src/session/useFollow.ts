import type { Alert } from '@spoor/core';
import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useRef, useState } from 'react';
import { pathSteps } from '../model/edges.ts';
import type { Layout, Placed } from '../model/layout.ts';
import { endView, intoSight, type Size, type View, wholeView } from '../model/viewport.ts';

export interface Follow {
  readonly on: boolean;
  /** Steps that came since following stopped. */
  readonly news: number;
  readonly toggle: () => void;
  readonly stop: () => void;
  readonly fit: () => void;
}

/**
 * Moves the view only when asked to: at first sight, while following, and to a step or a path that
 * was chosen and is out of sight. Any gesture of the user ends following.
 */
export function useFollow(layout: Layout, call: string, alert: Alert | undefined): Follow {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const [on, setOn] = useState(false);
  const count = layout.nodes.length;
  const [seen, setSeen] = useState(count);
  const go = (view: View): void => void flow.setViewport(view);
  useFirstView(layout, { width, height }, go);
  useEffect(() => {
    if (!on || width === 0) return;
    setSeen(count);
    void flow.setViewport(endView(layout, { width, height }, flow.getViewport()));
  }, [on, count, layout, width, height, flow]);
  useSight(chosenNodes(layout, call, alert), { width, height });
  return {
    on,
    news: on ? 0 : count - seen,
    toggle: () => setOn(!on),
    stop: () => {
      if (on) setSeen(count);
      setOn(false);
    },
    fit: () => go(wholeView(layout, { width, height })),
  };
}

function useFirstView(layout: Layout, size: Size, go: (view: View) => void): void {
  const done = useRef(false);
  useEffect(() => {
    if (done.current || size.width === 0) return;
    done.current = true;
    go(wholeView(layout, size));
  });
}

function chosenNodes(layout: Layout, call: string, alert: Alert | undefined): readonly Placed[] {
  const path = pathSteps(alert);
  return layout.nodes.filter(({ observation }) =>
    call === '' ? path.has(observation.id) : observation.id === call,
  );
}

function useSight(nodes: readonly Placed[], size: Size): void {
  const flow = useReactFlow();
  const ids = nodes.map((node) => node.observation.id).join();
  const latest = useRef(nodes);
  useEffect(() => {
    latest.current = nodes;
  });
  const { width, height } = size;
  useEffect(() => {
    if (ids === '' || width === 0) return;
    const view = flow.getViewport();
    const next = intoSight(latest.current, { width, height }, view);
    if (next !== view) void flow.setViewport(next);
  }, [ids, width, height, flow]);
}
