import { describe, expect, it } from 'vitest';
import { mergeAlert, mergeObservation, mergeSessionAlert } from '../../src/api/merge.ts';
import { alert, detail, observation, on } from '../fixtures.ts';

describe('mergeObservation', () => {
  const before = detail([observation('a', { outcome: 'pending' }), observation('b')]);

  it('keeps the place of a call that ends', () => {
    const after = mergeObservation(before, observation('a', { seq: 9, outcome: 'denied' }));
    expect(after.observations.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['a', 'denied'],
      ['b', 'ok'],
    ]);
    expect([after.session.calls, after.session.denied]).toEqual([2, 1]);
  });

  it('counts a denial once, however often it is told', () => {
    const denied = observation('a', { outcome: 'denied' });
    const twice = mergeObservation(mergeObservation(before, denied), denied);
    expect(twice.session.denied).toBe(1);
  });

  it('appends a new call and learns its server', () => {
    const after = mergeObservation(before, observation('c', on('drive')));
    expect(after.observations.at(-1)?.id).toBe('c');
    expect(after.session.servers).toEqual(['crm', 'drive']);
    expect(after.session.calls).toBe(3);
  });

  it('does not count a prompt as a call or a server', () => {
    const after = mergeObservation(before, observation('i', { kind: 'intent', ...on('user') }));
    expect(after.session.calls).toBe(2);
    expect(after.session.servers).toEqual(['crm']);
  });
});

describe('mergeAlert', () => {
  it('replaces in place and puts new ones first', () => {
    const [a, b] = [alert('a', ['1']), alert('b', ['1'])];
    const again = alert('b', ['1'], { count: 2 });
    expect(mergeAlert([a, b], again)).toEqual([a, again]);
    expect(mergeAlert([a], b)).toEqual([b, a]);
  });

  it('counts the alerts of a session', () => {
    expect(mergeSessionAlert(detail([]), alert('a', ['1'])).session.alerts).toBe(1);
  });
});
