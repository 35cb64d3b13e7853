// @vitest-environment happy-dom
import { QueryClient } from '@tanstack/react-query';
import { afterEach, expect, it } from 'vitest';
import { findPlace } from '../../src/api/jump.ts';
import { KEYS } from '../../src/api/queries.ts';
import { alert, observation, SESSION, session } from '../fixtures.ts';
import { fakeHub, unmountAll } from '../render.ts';

afterEach(unmountAll);

function client(): QueryClient {
  const known = new QueryClient();
  known.setQueryData(KEYS.sessions, { pages: [{ rows: [session()] }], pageParams: [''] });
  known.setQueryData(KEYS.alerts, { rows: [alert('a-1234', ['1'])] });
  return known;
}

it('finds a session by its id or its end, and an alert by its id', async () => {
  fakeHub({});
  expect(await findPlace(client(), SESSION)).toBe(`/sessions/${SESSION}`);
  expect(await findPlace(client(), '0000abcd')).toBe(`/sessions/${SESSION}`);
  expect(await findPlace(client(), 'a-1234')).toBe('/alerts/a-1234');
});

it('finds a case and a call where they happened', async () => {
  fakeHub({
    '/api/v1/cases/c-h7kqw3mz9t': { observation: observation('denied') },
    '/api/v1/calls/some-call': { observation: observation('some-call') },
  });
  expect(await findPlace(client(), 'c-h7kqw3mz9t')).toBe(`/sessions/${SESSION}?call=denied`);
  expect(await findPlace(client(), 'some-call')).toBe(`/sessions/${SESSION}?call=some-call`);
});

it('says that nothing has the id', async () => {
  fakeHub({});
  await expect(findPlace(client(), 'nothing')).rejects.toThrow('Nothing has this id');
});
