import { expect, it } from 'vitest';
import { whatHappened, whatWeDid } from '../../src/model/alertWords.ts';
import { alert } from '../fixtures.ts';

it('tells a denied chain in one sentence', () => {
  expect(whatHappened(alert('a', ['1', '2']))).toBe(
    '2 steps across crm and drive led to drive › share, which was denied.',
  );
});

it('tells a single call as one', () => {
  expect(whatHappened(alert('a', ['1']))).toBe('A call to crm › query was denied.');
});

it('speaks of a request where no tool is called', () => {
  const { detection, ...rest } = alert('a', ['1']);
  const path = detection.path.map((step) => ({ ...step, tool: '' }));
  const listed = { ...rest, action: 'allow' as const, wanted: 'allow' as const };
  const shown = { ...listed, detection: { ...detection, path } };
  expect(whatHappened(shown)).toBe('A request to crm went on.');
  expect(whatWeDid(shown)).toEqual(['The request went on: this rule only alerts.']);
});

it('speaks of no call where none is to blame', () => {
  const { detection, ...rest } = alert('a', ['1'], { title: 'An instrumentation leaks: x 1.0' });
  const everywhere = { ...rest, detection: { ...detection, everywhere: true as const } };
  expect(whatHappened(everywhere)).toBe('An instrumentation leaks: x 1.0.');
});

it('does not call a would-be denial a denial', () => {
  const observed = alert('a', ['1', '2'], { action: 'allow', wanted: 'deny', count: 3 });
  expect(whatHappened(observed)).toBe(
    '2 steps across crm and drive led to drive › share, which went on; ' +
      'enforced, the answer would be “deny”. This happened 3 times.',
  );
  expect(whatWeDid(observed)).toEqual([
    'The call went on: the rule wants “deny”, but is only observing.',
  ]);
});

it('names the ledger entry where there is one', () => {
  expect(whatWeDid(alert('a', ['1'], { ledgerIndex: 88_120 }))).toEqual([
    'The last call was denied: it never reached the server.',
    'It is entry 88,120 of the ledger.',
  ]);
});
