import type { ContentFacts } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/times.ts';
import { verifies } from '../../../test/verifies.ts';
import { examine } from '../src/examine/examine.ts';
import { readSecretFile } from '../src/index.ts';
import { contentMatcher } from '../src/sense.ts';

const FILE = `title = "ours"

[extend]
useDefault = true

[[rules]]
id = "quay-token"
description = "Tokens of the quay"
regex = '''(?i)quay[_-]?mark\\s*[:=]\\s*["']?(QT[0-9a-z]{12})\\b'''
entropy = 2.5
keywords = ["quay"]
[[rules.allowlists]]
regexTarget = "line"
regexes = ['''# example''']
stopwords = ["sample"]

[[rules]]
id = "dock-number"
regex = '''dock (\\d{3})-(\\d{6})'''
secretGroup = 2

[[rules]]
id = "both"
regex = '''BOTH[0-9]{6}'''
[rules.allowlist]
condition = "AND"
regexes = ['''000''']
stopwords = ["both"]

[[rules]]
id = "only-files"
path = '''\\.pem$'''

[allowlist]
paths = ["vendor/"]
stopwords = ["999999"]
`;

const { shapes, notes } = readSecretFile(FILE, 'own.toml');

function see(text: string): ContentFacts {
  const matcher = contentMatcher({
    set: '',
    asks: [],
    secrets: JSON.parse(JSON.stringify(shapes)),
  });
  const context = { key: [1, 2, 3, 4], digest: () => '00', role: 'result' } as const;
  return examine({ text }, 0, { ...context, own: matcher.own });
}

const secretsIn = (text: string): number =>
  see(text).classes.find((found) => found.class === 'secret')?.count ?? 0;

describe('a file of secret rules', () => {
  verifies('secrets:file', () => {
    expect(secretsIn('QUAY_MARK = "QTa1b2c3d4e5f6"')).toBe(1);
    expect(secretsIn('QUAY_MARK = "QTaaaaaaaaaaaa"'), 'too little entropy').toBe(0);
    expect(secretsIn('the QTa1b2c3d4e5f6 of a kay'), 'no keyword').toBe(0);
    expect(secretsIn('quay_mark=QTa1b2c3d4e5f6 # example'), 'allowed by its line').toBe(0);
    expect(secretsIn('# example\nquay_mark=QTa1b2c3d4e5f6')).toBe(1);
    expect(secretsIn('quay_mark=QTsample4e5f6'), 'allowed by a word').toBe(0);
    expect(secretsIn('dock 123-456789, dock 124-456780')).toBe(2);
    expect(secretsIn('dock 123-999999'), 'allowed for all').toBe(0);
    expect(secretsIn('BOTH123456')).toBe(1);
    expect(secretsIn('BOTH000456'), 'both conditions').toBe(0);
    expect(secretsIn(Buffer.from('quay_mark=QTa1b2c3d4e5f6').toString('base64'))).toBe(1);
  });

  it('hides the group that is secret, and no more', () => {
    const { projection = '' } = see('dock 123-456789 is ours');
    expect(projection).toContain('dock 123-‹secret› is ours');
  });

  verifies(
    'secrets:file',
    () => {
      expect(notes.map(({ line, message }) => `${line} ${message}`)).toEqual([
        '3 only the rules of this file are read; Spoor’s own always hold beside them',
        '1 the file: its allowlist of paths allows nothing: there are none here',
        '30 rule only-files: there are no files here, so its “path” is not looked at',
        '30 rule only-files is about names of files alone: left out',
      ]);
      const more = 'minVersion = "8"\nwhat = 1\n[[rules]]\nid = "a"\nregex = "a"\nrequired = []\n';
      expect(readSecretFile(more, 'x').notes.map(({ message }) => message)).toEqual([
        '“what” is not known here',
        'rule a: “required” is not known here',
      ]);
    },
    { case: 'what is not followed is said' },
  );

  it.each([
    ['[[rules]]\nid = = 1\n', /own\.toml:2:\d+ /],
    ['[[rules]]\nid = "a"\nregex = "("\n', 'own.toml:3 rule a: not a regular expression of RE2'],
    [
      '[[rules]]\nid = "a"\nregex = "(?=x)"\n',
      'own.toml:3 rule a: not a regular expression of RE2',
    ],
    ['[[rules]]\nregex = "x"\n', 'own.toml:1 a rule has no id'],
    ['[[rules]]\nid = "a"\n', 'own.toml:1 rule a has no regex'],
    ['[[rules]]\nid="a"\nregex="x"\n[[rules]]\nid="a"\n', 'own.toml:4 “a” is there twice'],
    ['[[rules]]\nid="a"\nregex="(x)"\nsecretGroup=2\n', 'own.toml:3 rule a has no group 2'],
    ['[[rules]]\nid="a"\nregex="x"\nentropy="high"\n', 'own.toml:4 “entropy” is a number'],
    [
      '[[rules]]\nid="a"\nregex="x"\n[rules.allowlist]\nregexes=["["]\n',
      'own.toml:1 rule a: allow',
    ],
  ])('with an error says where: %j', (text, expected) => {
    let detail = '';
    try {
      readSecretFile(text, 'own.toml');
    } catch (error) {
      detail = `${(error as { code: string }).code} ${(error as { detail: string }).detail}`;
    }
    expect(detail).toMatch(/^SECRETS_INVALID /);
    expect(detail).toMatch(expected);
  });
});

it('costs bounded time on hostile text', () => {
  const regex = '(?:a|1){2,40}bb[x]';
  const many = Array.from(
    { length: 300 },
    (_, n) => `[[rules]]\nid="${n}"\nregex="${regex}{1,${n + 1}}y?"\n`,
  );
  const matcher = contentMatcher({
    set: '',
    asks: [],
    secrets: readSecretFile(many.join(''), 'x').shapes,
  });
  const start = cpuMs();
  const facts = examine(`${'a1'.repeat(500_000)}bbx`, 0, {
    key: [1, 2, 3, 4],
    digest: () => '00',
    role: 'result',
    own: matcher.own,
  });
  expect(cpuMs() - start).toBeLessThan(20_000);
  expect(facts.truncated).toBe(true);
});
