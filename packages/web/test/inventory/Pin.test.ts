// @vitest-environment happy-dom
import type { ToolView } from '@spoor/core';
import { createElement } from 'react';
import { afterEach, expect, it } from 'vitest';
import { InventoryScreen } from '../../src/inventory/InventoryScreen.tsx';
import { hub } from '../fixtures.ts';
import { click, fakeHub, mount, type Sent, unmountAll, until } from '../render.ts';

afterEach(unmountAll);

const [OLD, NEW] = ['aa'.repeat(16), 'bb'.repeat(16)] as const;
const defined = (description: string): string => JSON.stringify({ name: 'query', description });

const tool = (more: Partial<ToolView> = {}): ToolView => ({
  name: 'query',
  labels: ['reads-pii'],
  sources: [
    { label: 'reads-pii', from: 'observed', because: 'a result carried pii.iban' },
    { label: 'egress', from: 'definition', because: 'its name says “send…”', rejected: 'it reads' },
  ],
  change: 'changed',
  pin: { digest: NEW, pinned: OLD, blocked: false, before: defined('Reads.') },
  definition: defined('Reads, and sends.'),
  calls24h: 3,
  ...more,
});

async function shown(one: ToolView): Promise<{ host: HTMLElement; sent: readonly Sent[] }> {
  const sent = fakeHub({
    '/api/v1/hub': hub(),
    '/api/v1/inventory': {
      servers: [{ name: 'crm', transport: 'stdio', firstMs: 0, lastMs: 0, tools: [one] }],
      clients: { watched: true, servers: [], unreadable: [] },
    },
    '/api/v1/definitions': one.pin,
  });
  const host = await mount(createElement(InventoryScreen), '/inventory?tool=crm%2Fquery');
  await until(host, /pinned/);
  return { host, sent };
}

it('shows what has changed, and takes the owner’s word for what was shown', async () => {
  const { host, sent } = await shown(tool());
  const difference = host.querySelector('[aria-label="Difference to what is pinned"]');
  expect(difference?.textContent).toContain('-   "description": "Reads."');
  expect(difference?.textContent).toContain('+   "description": "Reads, and sends."');
  await click(host, 'Block');
  await click(host, 'Approve');
  const words = sent.filter(({ method }) => method === 'POST').map(({ body }) => body);
  const about = { server: 'crm', tool: 'query', digest: NEW };
  expect(words).toEqual([
    { ...about, word: 'block' },
    { ...about, word: 'approve' },
  ]);
});

it('says where labels come from, and what was not given', async () => {
  const { host } = await shown(tool());
  expect(host.textContent).toContain('reads-pii seen: a result carried pii.iban');
  expect(host.textContent).toContain('Not egress definition: its name says “send…”; but it reads');
});

it('does not take texts that are not kept, or cut, for equal ones', async () => {
  const { before: _, ...bare } = tool().pin;
  const unkept = await shown(tool({ pin: bare }));
  expect(unkept.host.textContent).toContain('The texts are not kept: only their digests are.');
  await unmountAll();
  const cut = await shown(tool({ definition: defined('Reads.') }));
  expect(cut.host.textContent).toContain('It differs in what the kept texts leave out.');
});

it('offers no approval of what is pinned, and says what the name and words reach for', async () => {
  const { host } = await shown(
    tool({
      change: 'same',
      pin: { digest: NEW, pinned: NEW, blocked: false },
      shadows: ['mail/send_email'],
      collision: { kind: 'confusable', with: 'sales/query' },
    }),
  );
  expect(host.textContent).toContain('As it was pinned.');
  expect(host.textContent).toContain('It speaks of mail/send_email');
  expect(host.textContent).toContain('A name that passes for sales/query');
  await expect(click(host, 'Approve')).rejects.toThrow();
});
