// @vitest-environment happy-dom
import { act, createElement } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { AsksScreen } from '../../src/asks/AsksScreen.tsx';
import { leftText } from '../../src/asks/TimeLeft.tsx';
import { WaitingBanner } from '../../src/shell/WaitingBanner.tsx';
import { useKeyboard } from '../../src/ui/useKeys.ts';
import { ask, hub } from '../fixtures.ts';
import { click, fakeHub, mount, type Sent, unmountAll, until } from '../render.ts';

afterEach(unmountAll);

const one = ask();
const two = ask({ case: 'c-zzzzzzzzzz', tool: 'send_mail', digest: 'cd'.repeat(16) });
const answers = {
  '/api/v1/hub': hub(),
  '/api/v1/asks': { rows: [one, two] },
  '/api/v1/asks/c-bcdfghjkmn': { case: one.case, decision: { action: 'allow' } },
  '/api/v1/asks/c-zzzzzzzzzz': { case: two.case, decision: { action: 'deny' } },
};

function Keyed() {
  useKeyboard();
  return createElement(AsksScreen);
}

const press = (key: string): Promise<void> =>
  act(async () => {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });

const said = (sent: readonly Sent[]): readonly unknown[] =>
  sent.filter(({ method }) => method === 'POST').map(({ path, body }) => [path, body]);

describe('AsksScreen', () => {
  it('sends the digest of what was on screen, and takes the answered call away', async () => {
    const sent = fakeHub(answers);
    const host = await mount(createElement(AsksScreen), '/asks');
    await until(host, 'create_shareable_link on drive');
    await until(host, '[pii.email ×3]');
    await click(host, 'Approve');
    await until(host, /^(?!.*create_shareable_link).*$/s);
    expect(said(sent)).toEqual([
      ['/api/v1/asks/c-bcdfghjkmn', { answer: 'approve', digest: one.digest }],
    ]);
  });

  it('answers by keys only what was chosen', async () => {
    const sent = fakeHub(answers);
    const host = await mount(createElement(Keyed), '/asks');
    await until(host, 'send_mail on drive');
    await press('A');
    expect(said(sent)).toEqual([]);
    await press('j');
    await press('j');
    await press('D');
    await until(host, /^(?!.*send_mail).*$/s);
    expect(said(sent)).toEqual([
      ['/api/v1/asks/c-zzzzzzzzzz', { answer: 'deny', digest: two.digest }],
    ]);
  });
});

describe('WaitingBanner', () => {
  it('is on every screen while a call waits', async () => {
    fakeHub(answers);
    const host = await mount(createElement(WaitingBanner), '/audit');
    await until(host, '2 calls wait for you: create_shareable_link on drive');
    expect(host.querySelector('a')?.getAttribute('href')).toBe(`/asks?case=${one.case}`);
  });

  it('does not take a failure for quiet', async () => {
    fakeHub({ '/api/v1/asks': 503 });
    await until(await mount(createElement(WaitingBanner)), 'could not be read');
  });

  it('shows what a server chose without letting it act', async () => {
    fakeHub({ '/api/v1/asks': { rows: [ask({ tool: 'x\u202e<b>y</b>' })] } });
    const host = await mount(createElement(WaitingBanner));
    await until(host, '<b>y</b>');
    expect(host.textContent).not.toContain('\u202e');
    expect(host.querySelector('b')).toBeNull();
  });
});

it.each([
  [59_001, '60 s'],
  [0, '0 s'],
  [-5_000, '0 s'],
  [600_000, '10 min'],
])('%d ms left reads %s', (ms, text) => expect(leftText(ms)).toBe(text));
