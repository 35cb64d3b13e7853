import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LONGEST } from '../scripts/longest-first.ts';
import { filesIn, packageNames, ROOT, read } from './repository.ts';

const FOLDERS = ['packages', 'test', 'examples', 'bench', 'scripts'] as const;
const CODE = /\.(?:ts|tsx|css|mjs)$/;
const TEXT = /\.(?:ts|tsx|css|mjs|md|json|ya?ml|html)$/;
/** This file names what it forbids. */
const SELF = 'test/tidy.test.ts';

const code = FOLDERS.flatMap(filesIn).filter((path) => CODE.test(path) && path !== SELF);
const texts = ['.ci', 'docs', 'rules', ...FOLDERS]
  .flatMap(filesIn)
  .concat(filesIn('.').filter((path) => !path.includes('/')))
  .filter((path) => (TEXT.test(path) || path === '.ci/run') && path !== SELF)
  .filter((path) => path !== 'package-lock.json');

/** `file:line text` of every line that the test takes. */
const linesWhere = (paths: readonly string[], wrong: (line: string) => boolean): string[] =>
  paths.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, at) => (wrong(line) ? [`${path}:${at + 1} ${line.trim()}`] : [])),
  );

const COLUMNS_MAX = 100;
const LINES_MAX = 500;

/** What may stand beside one long text: words of a list or the title of a test are not broken. */
const BESIDE_TEXT_MAX = 60;
const TEXTS = /(['"`/])(?:\\.|(?!\1).)*\1/g;

function isLong(line: string): boolean {
  const columns = [...line].length;
  const longest = Math.max(0, ...(line.match(TEXTS) ?? []).map((text) => [...text].length));
  return columns > COLUMNS_MAX && (isComment(line) || columns - longest > BESIDE_TEXT_MAX);
}

const isComment = (line: string): boolean => /^\s*(?:\/?\*|\/\/)/.test(line);

test(`code has at most ${COLUMNS_MAX} columns`, () => {
  expect(linesWhere(code, isLong)).toEqual([]);
});

test(`code has at most ${LINES_MAX} lines in a file`, () => {
  const long = code.filter((path) => read(path).trimEnd().split('\n').length > LINES_MAX);
  expect(long).toEqual([]);
});

const FORBIDDEN_IN_CODE = {
  'promises to finish it later': /\b(?:TODO|FIXME|HACK)\b/,
  'tests that are set apart': /\b(?:test|it|describe|suite|bench)\.(?:only|skip|todo)\b/,
  'holes in the types': /\bas any\b|@ts-(?:ignore|nocheck)/,
} as const;

test.each(Object.entries(FORBIDDEN_IN_CODE))('no code has %s', (_, forbidden) => {
  expect(linesWhere(code, (line) => forbidden.test(line))).toEqual([]);
});

/** The repository speaks of itself, to somebody who has nothing else. */
const FORBIDDEN_IN_TEXT = {
  'numbers of tickets': /\b(?:issues?|tickets?|PR|bugs?) ?#\d+|\b(?:issue|ticket) [A-Z\d]\b/,
  'paths of one machine': /(?<![\w.])\/(?:work|root|Users)\/|\/tmp\/bash|\/home\/(?!me\/|\$)/,
  'hosts of package registries': /registry\.(?:npmjs|yarnpkg)|\bnpm\.pkg\b|proxy\.golang/,
} as const;

test.each(Object.entries(FORBIDDEN_IN_TEXT))('no text has %s', (_, forbidden) => {
  expect(linesWhere(texts, (line) => forbidden.test(line))).toEqual([]);
});

describe('connections outward', () => {
  const sources = packageNames().flatMap((name) =>
    filesIn(`packages/${name}/src`).filter((path) => CODE.test(path)),
  );

  /** The UI asks the hub that served it; commands ask the hub whose address is in the state folder. */
  const MAY_FETCH: readonly string[] = [
    'packages/web/src/api/client.ts',
    'packages/web/src/audit/source.ts',
    'packages/cli/src/client.ts',
  ];

  test('fetch is called only where the other end is our own hub', () => {
    const others = sources.filter((path) => !MAY_FETCH.includes(path));
    expect(linesWhere(others, (line) => /(?<![\w.])fetch\(/.test(line))).toEqual([]);
  });

  test('all else goes through the guarded client', () => {
    const guarded = [
      'packages/edge/src/outbound.ts',
      'packages/edge/src/outbound/guard.ts',
      'packages/edge/src/upstream.ts',
    ];
    // The hub of an enrolled machine, which its owner has named, and whose key is pinned.
    const pinned = 'packages/edge/src/remote.ts';
    // These listen, for HTTP/2 and for enrolled machines, and connect to nobody.
    const listening = [
      'packages/hub/src/ingest/grpc.ts',
      'packages/hub/src/remote/door.ts',
      'packages/scan/src/sink/sink.ts',
    ];
    const others = sources.filter((path) => ![...guarded, pinned, ...listening].includes(path));
    const client = /from '(?:undici|node:https|node:http2|node:tls|node:dgram)'/;
    expect(linesWhere(others, (line) => client.test(line))).toEqual([]);
  });
});

test('every package says what it is', () => {
  const silent = packageNames().filter(
    (name) => !filesIn(`packages/${name}`).includes(`packages/${name}/README.md`),
  );
  expect(silent).toEqual([]);
});

test('every decision is numbered and listed', () => {
  const records = filesIn('docs/adr').filter((path) => path !== 'docs/adr/README.md');
  const index = read('docs/adr/README.md');
  expect(records.length).toBeGreaterThan(0);
  for (const [at, path] of records.entries()) {
    const name = path.slice('docs/adr/'.length);
    expect(name).toMatch(new RegExp(`^${String(at + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`));
    expect(index).toContain(`](${name})`);
  }
});

test('links between documents lead somewhere', () => {
  const documents = texts.filter((path) => path.endsWith('.md'));
  const broken = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
      .map((target) => `${path}: ${target}`),
  );
  expect(broken).toEqual([]);
});

test('what is told to begin first is there', () => {
  expect(LONGEST.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
