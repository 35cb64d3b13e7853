import { expect, it } from 'vitest';
import { ApiError } from '../../src/api/client.ts';
import { panelState } from '../../src/model/panel.ts';

const fine = { isPending: false, error: null };
const down = { isPending: false, error: new ApiError(503, 'STORE_UNAVAILABLE', 'Down', 'Wait') };

it('never shows a failure as emptiness', () => {
  expect(panelState(down, [], [], true)).toEqual({
    kind: 'failed',
    code: 'STORE_UNAVAILABLE',
    why: 'Down',
    hint: 'Wait',
  });
});

it('keeps rows on screen when only their refresh failed', () => {
  expect(panelState(down, [1], [1], true).kind).toBe('rows');
});

it('tells first use, quiet, hidden and not yet apart', () => {
  expect(panelState({ isPending: true, error: null }, [], [], false).kind).toBe('loading');
  expect(panelState(fine, [], [], false).kind).toBe('first-use');
  expect(panelState(fine, [], [], true).kind).toBe('empty');
  expect(panelState(fine, [1, 2], [], true)).toEqual({ kind: 'filtered', hidden: 2 });
  expect(panelState(fine, [1, 2], [1], true)).toEqual({ kind: 'rows', rows: [1], hidden: 1 });
});
