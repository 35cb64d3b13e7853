import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/times.ts';
import {
  type BaggageRule,
  filterBaggage,
  formatOwnBaggage,
  KEEP_ALL,
  parseBaggageRules,
} from '../src/baggage.ts';
import type { SessionId } from '../src/ids.ts';
import { LIMITS } from '../src/limits.ts';

const rules = (text: string): readonly BaggageRule[] => parseBaggageRules(text) ?? [];
const passed = (value: unknown, text = 'keep *'): string | undefined =>
  filterBaggage(value, rules(text)).value;

describe('baggage behind rules', () => {
  it('drops what no rule names', () => {
    expect(filterBaggage('a=1,b=2', [])).toMatchObject({ value: undefined, dropped: 2 });
    expect(passed('a=1,b=2', 'keep b')).toBe('b=2');
  });

  it('lets the first rule decide', () => {
    const order = 'drop app.secret, keep app.*, drop *, keep other';
    expect(passed('app.secret=1,app.tenant=2,other=3,app.=4', order)).toBe('app.tenant=2,app.=4');
    expect(passed('app.secret=1', 'keep app.*, drop app.secret')).toBe('app.secret=1');
  });

  it('keeps members as they came, properties too', () => {
    const text = ' a = 1 ; ttl=30;x ,\tb=%20%C3%A9 ';
    expect(passed(text)).toBe(text);
    expect(passed(text, 'drop c, keep a, keep b')).toBe(text);
    expect(passed(`${text},c=1`, 'drop c, keep *')).toBe('a = 1 ; ttl=30;x,b=%20%C3%A9');
    expect(passed('a=1,, b=2,')).toBe('a=1,b=2');
    expect(passed('a=')).toBe('a=');
  });

  it('refuses a key that comes twice, with all its values', () => {
    expect(filterBaggage('a=1,b=2,a=3', KEEP_ALL)).toMatchObject({ value: 'b=2', refused: 2 });
    expect(passed(['a=1'])).toBeUndefined();
  });

  it('refuses what is no member, and lets the others pass', () => {
    const malformed = ['novalue', '=1', 'a b=1', 'a="1"', 'a=é', 'a=1;;', 'a=\u0000', 'a=1\n'];
    for (const one of malformed) {
      expect(filterBaggage(`${one},ok=1`, KEEP_ALL), one).toMatchObject({
        value: 'ok=1',
        refused: 1,
      });
    }
    expect(filterBaggage({ a: 1 }, KEEP_ALL)).toMatchObject({ value: undefined, refused: 1 });
    expect(filterBaggage(7, KEEP_ALL)).toMatchObject({ value: undefined, refused: 1 });
    expect(filterBaggage(undefined, KEEP_ALL)).toMatchObject({ kept: 0, refused: 0 });
    expect(filterBaggage('', KEEP_ALL)).toMatchObject({ kept: 0, refused: 0 });
  });

  it('lets nobody speak under our names, whatever the rules keep', () => {
    expect(passed('spoor.user=admin,a=1', 'keep spoor.*, keep *')).toBe('a=1');
  });

  it('reads nothing over a limit', () => {
    const members = (n: number): string => Array.from({ length: n }, (_, i) => `k${i}=1`).join(',');
    const { baggageMembersMax, baggageBytesMax } = LIMITS;
    expect(passed(members(baggageMembersMax))).toBe(members(baggageMembersMax));
    expect(filterBaggage(members(baggageMembersMax + 1), KEEP_ALL)).toMatchObject({
      value: undefined,
      oversized: true,
    });
    expect(passed(`a=${'x'.repeat(baggageBytesMax - 2)}`)).toHaveLength(baggageBytesMax);
    expect(filterBaggage(`a=${'x'.repeat(baggageBytesMax - 1)}`, KEEP_ALL).oversized).toBe(true);
    expect(filterBaggage(`a=${'é'.repeat(baggageBytesMax / 2)}`, KEEP_ALL).oversized).toBe(true);
  });

  it('takes no time from anybody, whatever the text', () => {
    const hostile = [' '.repeat(8_000), `a=${';x'.repeat(4_000)}"`, `a=1${' ;'.repeat(4_000)}`];
    const began = cpuMs();
    for (const text of hostile) filterBaggage(text, KEEP_ALL);
    expect(cpuMs() - began).toBeLessThan(1_000);
  });

  it('never lets out what was not in it, nor what the rules do not keep', () => {
    const members = fc.array(
      fc.tuple(fc.constantFrom('app.a', 'app.b', 'x', 'spoor.user'), fc.string({ maxLength: 5 })),
    );
    fc.assert(
      fc.property(members, (all) => {
        const text = all.map(([key, value]) => `${key}=${value}`).join(',');
        const { value } = filterBaggage(text, rules('keep app.*'));
        for (const one of value?.split(',') ?? []) {
          expect(one.startsWith('app.')).toBe(true);
          expect(text).toContain(one);
        }
      }),
    );
  });
});

describe('rules as text', () => {
  it('are read in order', () => {
    expect(parseBaggageRules(' keep app.tenant ,drop  app.*, keep *')).toEqual([
      { action: 'keep', key: 'app.tenant' },
      { action: 'drop', key: 'app.*' },
      { action: 'keep', key: '*' },
    ]);
    expect(parseBaggageRules('')).toEqual([]);
  });

  it('are refused where one is none', () => {
    for (const text of [
      'keep',
      'allow a',
      'keep a b',
      'keep a*b',
      'keep **',
      'keep a,',
      'keep a=1',
    ]) {
      expect(parseBaggageRules(text), text).toBeUndefined();
    }
    const many = (n: number): string => Array.from({ length: n }, () => 'keep a').join(',');
    expect(parseBaggageRules(many(LIMITS.baggageRulesMax))).toHaveLength(LIMITS.baggageRulesMax);
    expect(parseBaggageRules(many(LIMITS.baggageRulesMax + 1))).toBeUndefined();
  });
});

describe('our own baggage', () => {
  const SESSION = '017f22e2-79b0-7cc3-98c4-dc0c0c073991' as SessionId;

  it('holds values that Spoor made, in their form', () => {
    expect(formatOwnBaggage({ session: SESSION, service: 'crm', user: 'aabbccdd' })).toBe(
      `spoor.session=${SESSION},spoor.service=crm,spoor.user=aabbccdd`,
    );
    expect(formatOwnBaggage({})).toBeUndefined();
  });

  it('leaves out what has another form', () => {
    const odd = { session: 'x,y=1' as SessionId, service: 'a b', user: 'mallory@example.com' };
    expect(formatOwnBaggage(odd)).toBeUndefined();
  });
});
