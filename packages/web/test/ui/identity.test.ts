// @vitest-environment happy-dom
import { IDENTITY_LEVELS, type IdentityLevel, LEVEL_GLYPHS } from '@spoor/core';
import { createElement, type ReactNode } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { AlertsScreen } from '../../src/alerts/AlertsScreen.tsx';
import { AsksScreen } from '../../src/asks/AsksScreen.tsx';
import { Inspector } from '../../src/session/Inspector.tsx';
import { SessionScreen } from '../../src/session/SessionScreen.tsx';
import { SessionsScreen } from '../../src/sessions/SessionsScreen.tsx';
import { alert, ask, detail, hub, observation, SESSION, session } from '../fixtures.ts';
import { click, fakeHub, type Hub, mount, unmountAll, until } from '../render.ts';

afterEach(unmountAll);

/** Turns text around, is no text of ours, and is longer than any name. */
const HOSTILE = `<b>claude\u202E</b> ● verified ${'x'.repeat(300)}`;
const SHOWN = '<b>claudeU+202E</b>';

const who = (level: IdentityLevel) => ({
  agent: HOSTILE,
  level,
  pseudonym: 'ab'.repeat(16),
  evidence: ['process'],
});
const made = alert('a', ['1', '2']);

/** Each screen on which a name stands, with one whose level is given. */
const SCREENS: Readonly<
  Record<string, { readonly screen: () => ReactNode; answers(level: IdentityLevel): Hub }>
> = {
  'the list of sessions': {
    screen: () => createElement(SessionsScreen),
    answers: (level) => ({
      '/api/v1/sessions': { rows: [session({ agent: HOSTILE, level })] },
    }),
  },
  'the head of a session': {
    screen: () => createElement(SessionScreen, { id: SESSION }),
    answers: (level) => ({
      [`/api/v1/sessions/${SESSION}`]: {
        ...detail([observation('a')]),
        session: session({ agent: HOSTILE, level }),
      },
    }),
  },
  'the inspector': {
    screen: () => createElement(Inspector, { id: 'a', all: [], onCall: () => undefined }),
    answers: (level) => ({
      '/api/v1/calls/a': {
        observation: observation('a', { principal: { ...who(level), evidence: ['process'] } }),
        ledger: [],
        alerts: [],
      },
    }),
  },
  'an alert': {
    screen: () => createElement(AlertsScreen, { id: 'a' }),
    answers: (level) => ({
      '/api/v1/alerts': { rows: [{ ...made, detection: { ...made.detection, who: who(level) } }] },
    }),
  },
  'a call that waits': {
    screen: () => createElement(AsksScreen),
    answers: (level) => ({ '/api/v1/asks': { rows: [ask({ agent: HOSTILE, level })] } }),
  },
};

for (const [name, { screen, answers }] of Object.entries(SCREENS)) {
  verifies(
    'identity:shown',
    async () => {
      for (const level of IDENTITY_LEVELS) {
        fakeHub({ '/api/v1/hub': hub(), ...answers(level) });
        const host = await mount(screen());
        await until(host, SHOWN);
        const names = [...host.querySelectorAll('bdi')].filter((one) =>
          one.textContent?.includes(SHOWN),
        );
        expect(names.length).toBeGreaterThan(0);
        for (const one of names) {
          // What the program calls itself ends before the level begins, and is cut.
          const [shape, word] = [one.nextElementSibling?.firstElementChild, one.nextSibling];
          expect(shape?.textContent).toBe(LEVEL_GLYPHS[level]);
          expect(word?.textContent).toBe(`${LEVEL_GLYPHS[level]}${level}`);
          expect(one.textContent?.length).toBeLessThan(100);
          expect(one.textContent).toContain(' ? ver');
          expect(one.textContent).not.toContain('●');
        }
        expect(host.querySelector('b')).toBeNull();
        expect(host.innerHTML).not.toContain('\u202E');
        await unmountAll();
      }
    },
    { case: name },
  );
}

it('shows what is only claimed as a claim', async () => {
  const claimed = { level: '● verified', sub_p: 'ab'.repeat(16) };
  const principal = { ...who('unverified'), agent: 'c', evidence: ['unchecked-token'], claimed };
  fakeHub({
    '/api/v1/calls/a': { observation: observation('a', { principal }), ledger: [], alerts: [] },
  });
  const inspector = { id: 'a', all: [], onCall: () => undefined };
  const host = await mount(createElement(Inspector, inspector));
  await until(host, '? verified, abab');
  await until(host, 'which nobody has checked');
  expect(host.textContent).not.toContain('●');
});

it('has a shape of its own for each level', () => {
  expect(new Set(Object.values(LEVEL_GLYPHS)).size).toBe(IDENTITY_LEVELS.length);
});

describe('sessions', () => {
  verifies(
    'identity:ordered',
    async () => {
      const sent = fakeHub({
        '/api/v1/hub': hub(),
        '/api/v1/sessions': { rows: [session({ level: 'conflict' })] },
      });
      const host = await mount(createElement(SessionsScreen), '/sessions');
      await until(host, '✕conflict');
      await click(host, '✕ conflict');
      await click(host, 'Least proved');
      expect(window.location.search).toBe('?identity=conflict&order=identity');
      const asked = sent.filter(({ path }) => path === '/api/v1/sessions').at(-1)?.search;
      expect(asked).toBe('limit=100&identity=conflict&sort=identity');
    },
    { case: 'the list of sessions asks the hub for it' },
  );

  it('do not take a level that none has for an empty store', async () => {
    fakeHub({ '/api/v1/hub': hub(), '/api/v1/sessions': { rows: [] } });
    const host = await mount(createElement(SessionsScreen), '/sessions?identity=verified');
    await until(host, 'No session is of this level');
  });
});

describe('alerts', () => {
  verifies(
    'identity:ordered',
    async () => {
      const levels = ['verified', 'conflict', 'attested'] as const;
      const rows = levels.map((level, n) => {
        const one = alert(`a${n}`, ['1'], { title: `alert of ${level}`, lastMs: 10 - n });
        return { ...one, detection: { ...one.detection, who: { ...who(level), agent: 'c' } } };
      });
      const bare = { ...alert('b', []), title: 'about no call', lastMs: 99 };
      fakeHub({ '/api/v1/hub': hub(), '/api/v1/alerts': { rows: [...rows, bare] } });
      const host = await mount(createElement(AlertsScreen, { id: '' }), '/alerts');
      const titles = (): readonly (string | undefined)[] =>
        [...host.querySelectorAll('nav[aria-label="Alerts"] a')].map(
          (link) =>
            /alert of (conflict|attested|verified)|about no call/.exec(link.textContent ?? '')?.[0],
        );
      await until(host, 'about no call');
      expect(titles()[0]).toBe('about no call');
      await click(host, 'Least proved');
      expect(titles()).toEqual([
        'alert of conflict',
        'alert of attested',
        'alert of verified',
        'about no call',
      ]);
      await click(host, '◐attested1');
      await until(host, /^(?!.*alert of conflict).*$/s);
      expect(titles()).toEqual(['alert of attested']);
    },
    { case: 'the list of alerts' },
  );
});
