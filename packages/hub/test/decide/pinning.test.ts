import { createLabeler } from '@spoor/detect';
import { describe, expect, test } from 'vitest';
import { Definitions } from '../../src/decide/definitions.ts';
import { definitionOf } from '../support/build.ts';

const [A, B, C] = ['aa'.repeat(16), 'bb'.repeat(16), 'cc'.repeat(16)] as const;

const said = (word: 'pin' | 'approve' | 'block', digest: string) =>
  ({ word, digest, by: 'cli', reason: '', atMs: 1 }) as const;

function seen(...digests: string[]): Definitions {
  const definitions = new Definitions(createLabeler([]), []);
  for (const digest of digests) list(definitions, digest);
  return definitions;
}

const coded = (code: string): unknown => expect.objectContaining({ code });

const list = (definitions: Definitions, digest: string): unknown =>
  definitions.list('crm', { tools: [definitionOf('a', { digest })], partial: false }, 1);

const changeOf = (definitions: Definitions): unknown => definitions.tools[0]?.facts.change;

describe('the owner’s word on a definition', () => {
  test('approve pins what is there, and what was pinned is a change then', () => {
    const known = seen(A, B);
    expect(() => known.say('crm', 'a', said('pin', B))).toThrow(coded('DEFINITION_MOVED'));
    known.say('crm', 'a', said('approve', B));
    list(known, B);
    expect(changeOf(known)).toBe('same');
    list(known, A);
    expect(changeOf(known)).toBe('changed');
  });

  test('holds for the definition that was seen, and no other', () => {
    const known = seen(A, B);
    expect(() => known.say('crm', 'a', said('approve', A))).toThrow(coded('DEFINITION_MOVED'));
    expect(() => known.say('crm', 'b', said('block', A))).toThrow(coded('TOOL_UNKNOWN'));
    expect(() => seen(A).say('crm', 'a', said('approve', A))).toThrow(
      coded('DEFINITION_AS_PINNED'),
    );
  });

  test('block holds through further changes, until the pinned form is back', () => {
    const known = seen(A, B);
    known.say('crm', 'a', said('block', B));
    expect(known.isBlocked('crm', 'a')).toBe(true);
    list(known, C);
    expect(known.isBlocked('crm', 'a')).toBe(true);
    list(known, A);
    expect(known.isBlocked('crm', 'a')).toBe(false);
    list(known, B);
    expect(known.isBlocked('crm', 'a')).toBe(true);
    known.say('crm', 'a', said('approve', B));
    expect(known.isBlocked('crm', 'a')).toBe(false);
  });

  test('block of the pinned form holds, also over a restart', () => {
    const known = seen(A);
    known.say('crm', 'a', said('block', A));
    const after = new Definitions(createLabeler([]), known.tools);
    list(after, A);
    expect(after.isBlocked('crm', 'a')).toBe(true);
    after.say('crm', 'a', said('approve', A));
    expect(after.isBlocked('crm', 'a')).toBe(false);
  });
});
