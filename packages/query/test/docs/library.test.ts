import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS } from '@spoor/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { sectionsOf } from '../../src/docs/sections.ts';
import { Library } from '../../src/index.ts';
import { CALLER, call, connected, queryServer } from '../support/connect.ts';

let top: string;
let root: string;

beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'spoor-docs-'));
  root = join(top, 'run books');
  mkdirSync(join(root, 'deep/er'), { recursive: true });
  mkdirSync(join(root, '.git'));
  mkdirSync(join(top, 'outside'));
  writeFileSync(
    join(root, 'pager.md'),
    '---\ntitle: x\n---\n# Pager\n\nWho is called at night.\n\n## Escalation\n\nCall the quokka team.\n',
  );
  writeFileSync(
    join(root, 'deep/er/disk.md'),
    '# Disks\n\n```\n# no heading\n```\n\nReplace it.\n',
  );
  writeFileSync(join(root, '.git/secret.md'), 'quokka-hidden');
  writeFileSync(join(root, 'notes.txt'), 'quokka-text');
  writeFileSync(join(top, 'outside/secret.md'), '# Outside\n\nquokka-outside');
  writeFileSync(join(root, 'large.md'), 'x'.repeat(LIMITS.docFileBytesMax + 1));
  symlinkSync(join(top, 'outside/secret.md'), join(root, 'link.md'));
  symlinkSync(join(top, 'outside'), join(root, 'linked'));
  symlinkSync(root, join(root, 'loop'));
});

afterAll(() => rmSync(top, { recursive: true, force: true }));

const library = (): Library => new Library([{ folder: root }]);
const client = (permissions = CALLER.permissions) =>
  connected(queryServer([], { library: library() }), { id: 'local', permissions });

describe('documentation', () => {
  test('is found by words, the best section first', async () => {
    const { data, text } = await call(await client(), 'documentation', {
      query: 'quokka escalation',
    });
    expect(data.results).toMatchObject([
      { title: 'Pager / Escalation', uri: 'docs://run-books/pager.md#1' },
    ]);
    expect(text).toContain('Call the quokka team.');
  });

  test('nothing found is said', async () => {
    const { data, text, isError } = await call(await client(), 'documentation', { query: 'zebra' });
    expect({ data, text, isError }).toEqual({
      data: { results: [] },
      text: 'Nothing was found.',
      isError: false,
    });
  });

  verifies('query:documents', async () => {
    const connection = await client();
    const { resources } = await connection.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([
      'docs://run-books/deep/er/disk.md',
      'docs://run-books/pager.md',
    ]);
    const found = await library().search('quokka quokka-outside outside hidden text', 100);
    expect(found.map(({ uri }) => uri)).toEqual(['docs://run-books/pager.md#1']);
    const said = JSON.stringify([
      resources,
      found,
      await call(connection, 'documentation', { query: 'disks pager' }),
    ]);
    expect(said).not.toContain(top);
    for (const path of [
      '../outside/secret.md',
      'link.md',
      'linked/secret.md',
      '%2e%2e/outside/secret.md',
      '/etc/passwd',
    ])
      await expect(connection.readResource({ uri: `docs://run-books/${path}` })).rejects.toThrow();
  });

  test('documents and sections are read by their addresses', async () => {
    const connection = await client();
    const read = async (uri: string): Promise<unknown> =>
      (await connection.readResource({ uri })).contents[0];
    expect(await read('docs://run-books/pager.md')).toMatchObject({
      mimeType: 'text/markdown',
      text: expect.stringContaining('Who is called at night.'),
    });
    expect(await read('docs://run-books/pager.md#1')).toMatchObject({
      text: '## Escalation\n\nCall the quokka team.',
    });
  });

  test('a prompt asks for it', async () => {
    const { messages } = await (await client()).getPrompt({
      name: 'documentation',
      arguments: { query: 'a "b"' },
    });
    expect(messages).toMatchObject([
      { role: 'user', content: { text: expect.stringContaining('"a \\"b\\""') } },
    ]);
  });

  test('only for those who may', async () => {
    const connection = await client(new Set(['traces'] as const));
    expect((await call(connection, 'documentation', { query: 'pager' })).text).toContain(
      'QUERY_FORBIDDEN',
    );
    expect(connection.getServerCapabilities()?.resources).toBeUndefined();
  });
});

test('the documents of this repository are found', async () => {
  const own = new Library([
    { name: 'spoor', folder: join(import.meta.dirname, '../../../../docs') },
  ]);
  const [first] = await own.search('gateway authorization resource metadata', 5);
  expect(first?.uri).toMatch(/^docs:\/\/spoor\/gateway\.md#\d+$/);
});

describe('sections', () => {
  test('headings in code are none', () => {
    expect(sectionsOf('# A\n```\n# b\n```\n## C\nd').map(({ title }) => title)).toEqual([
      'A',
      'A / C',
    ]);
  });

  test('are short, and no words are lost', () => {
    const line = fc.stringMatching(/^(?:#{1,4} )?[a-z]{1,30}$/);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.nat(2), (lines, times) => {
        const text = lines.join('\n').repeat(10 ** times);
        const sections = sectionsOf(text);
        expect(sections.every((one) => one.text.length <= LIMITS.docSectionCharsMax)).toBe(true);
        const words = (all: string): string => all.replace(/\s+/g, '');
        expect(words(sections.map((one) => one.text).join(''))).toBe(words(text));
      }),
      { numRuns: 30 },
    );
  });
});
