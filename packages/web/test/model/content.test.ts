import type { CallEntry, ContentFacts } from '@spoor/core';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { contentNotes } from '../../src/model/content.ts';
import { observation } from '../fixtures.ts';

const facts: ContentFacts = {
  bytes: 9,
  depth: 1,
  paths: [],
  classes: [],
  externalDestinations: 0,
  instructionLike: false,
  hiddenText: false,
  digest: 'feedbeef',
  atoms: [],
  projection: '{}',
  truncated: false,
};

const entry = (state: 'sealed' | 'shredded' | 'missing'): CallEntry => ({
  index: 1,
  leafHash: '',
  kind: 'call.request',
  leaf: '{}',
  state: 'published',
  content: [{ part: 'request', state }],
});

const known = observation('a', { facts: { request: facts, flows: [] } });
const texts = (...about: Parameters<typeof contentNotes>): string =>
  contentNotes(...about)
    .map(({ tone, text }) => `${tone}: ${text}`)
    .join('\n');

verifies('vault:ui', () => {
  expect(texts(known, [entry('sealed')], 'request')).toContain('plain: Sealed; an auditor runs');
  expect(texts(known, [entry('shredded')], 'request')).toContain('was shredded');
  expect(texts(known, [entry('missing')], 'request')).toMatch(/^bad: .*missing from the vault/);
  expect(texts(known, [], 'request')).toContain('Not sealed: there was no auditor key then.');
  const gone = { ...known, shreddedMs: 1_790_000_000_000 };
  expect(texts(gone, [entry('shredded')], 'request')).toMatch(/^warn: Shredded .*2026/);
  expect(texts(gone, [entry('shredded')], 'result')).toMatch(/^warn: Shredded .*2026/);
});

test('says why there is no answer', () => {
  const of = (outcome: 'pending' | 'denied' | 'cancelled'): string =>
    texts({ ...known, outcome }, [], 'result');
  expect(of('pending')).toBe('plain: No answer yet.');
  expect(of('denied')).toBe('plain: It was denied, so there is no answer.');
  expect(of('cancelled')).toBe('plain: No answer was seen.');
  const { projection: _, ...bare } = facts;
  const unprojected = observation('a', { facts: { request: bare, flows: [] } });
  expect(texts(unprojected, [], 'request')).toContain('No projection of it was kept.');
});
