import type { InventoryView, LabelsView } from '@spoor/core';
import type { Context, Hono } from 'hono';
import type { Question } from '../bus.ts';
import type { LabelStories } from '../decide/labelling.ts';
import type { Store } from '../store/store.ts';
import { Counting } from './counting.ts';
import { inventory } from './inventory.ts';

const DAY_MS = 86_400_000;

interface LabelRoutes {
  readonly ask: (question: Question) => Promise<unknown>;
  readonly store: Store;
  readonly clients: () => InventoryView['clients'];
  /** Does the request come with the token, and not with a browser's cookie? */
  readonly isCommand: (c: Context) => boolean;
  readonly nowMs: () => number;
}

/** What tools there are, what they can do, and who says so. */
export function labelRoutes(app: Hono, options: LabelRoutes): void {
  const { ask, store, clients, nowMs, isCommand } = options;
  const counting = new Counting(store);
  app.get('/api/v1/inventory', async (c) => {
    const { byTool } = counting.since(nowMs() - DAY_MS);
    const stories = (await ask({ kind: 'labels.tools' })) as LabelStories;
    return c.json({
      servers: inventory(store.definitions(), stories, byTool),
      clients: clients(),
    } satisfies InventoryView);
  });
  app.get('/api/v1/labels', async (c) =>
    c.json((await ask({ kind: 'labels.view' })) as LabelsView),
  );
  app.post('/api/v1/labels/reload', async (c) => {
    const by = isCommand(c) ? 'cli' : 'ui';
    return c.json((await ask({ kind: 'labels.reload', by })) as LabelsView);
  });
}
