import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isObject } from '@spoor/core';
import { locateHome } from '@spoor/edge/home';
import { afterAll, describe, expect, it } from 'vitest';
import type { Context } from '../src/command.ts';
import { rules } from '../src/commands/rules/rules.ts';
import { RULES_FOLDER } from '../src/places.ts';

const folder = mkdtempSync(join(tmpdir(), 'spoor-rules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
  readonly json: unknown;
}

async function run(words: readonly string[], flags: Context['flags'] = {}): Promise<Run> {
  const lines: string[] = [];
  const notes: string[] = [];
  let json: unknown;
  const out = {
    colour: false,
    line: (text: string) => void lines.push(text),
    note: (text: string) => void notes.push(text),
    json: (value: unknown) => {
      json = value;
    },
  };
  const code = await rules.run({
    words,
    flags,
    rest: [],
    env: {},
    home: locateHome({ SPOOR_HOME: join(folder, 'home') }),
    out,
  });
  return { code, lines, notes, json };
}

const BAD = 'title: t\nid: 00000000-0000-4000-8000-000000000001\nlevle: low\n';

describe('spoor rules', () => {
  it('tests the shipped rules', async () => {
    const { code, lines } = await run(['test', RULES_FOLDER]);
    expect(lines.at(-1)).toMatch(/^\d+ tests: \d+ passed, 0 failed, 0 not-covered, 0 unreadable$/);
    expect(code).toBe(0);
  });

  it('says which test failed, and where it fired', async () => {
    const { json } = await run(['list', RULES_FOLDER], { json: true });
    const [first] = isObject(json) && Array.isArray(json.rules) ? json.rules : [];
    const source = readFileSync(join(RULES_FOLDER, String(first.path)), 'utf8');
    const mine = mkdtempSync(join(folder, 'failing-'));
    writeFileSync(join(mine, 'a.yml'), source.replaceAll(/fires: \[.*\]/g, 'fires: [99]'));
    const { code, lines } = await run(['test', mine]);
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^unreadable .*there is no /);
    const one = await run(['test', RULES_FOLDER], { rule: String(first.id), json: true });
    expect(one.json).toMatchObject({ counts: { failed: 0 }, untested: [] });
  });

  it('names each problem with its place', async () => {
    const mine = mkdtempSync(join(folder, 'bad-'));
    writeFileSync(join(mine, 'bad.yml'), BAD);
    const { code, lines, notes } = await run(['lint', mine]);
    expect([code, lines, notes]).toEqual([
      1,
      ['0 rules, 1 problems'],
      ['bad.yml:3:1 unknown-key unknown key “levle”; did you mean “level”?'],
    ]);
  });

  it('explains a rule in words', async () => {
    const { code, lines } = await run(['explain', 'denial-of-wallet', RULES_FOLDER]);
    expect(code).toBe(0);
    expect(lines.join('\n')).toMatch(
      /event count, over matches of .*\n {2}within 1 min, of the same session/,
    );
    await expect(run(['explain', 'denial-of-walet', RULES_FOLDER])).rejects.toThrow(
      'did you mean denial-of-wallet',
    );
  });

  it('imports into a folder, and never over a file', async () => {
    const theirs = join(folder, 'theirs.yml');
    writeFileSync(
      theirs,
      'title: Lantern\nlogsource: {product: mcp}\ndetection: {a: {tool_description|contains: lantern}, condition: a}\n',
    );
    const into = join(folder, 'imported');
    const first = await run(['import', 'safe-mcp', theirs], { out: into });
    expect([first.code, first.lines]).toEqual([
      0,
      [`1 rules: 1 imported, 0 partly, 0 refused, written to ${into}`],
    ]);
    expect(readFileSync(join(into, 'lantern.yml'), 'utf8')).toContain('definition.text|contains');
    const { lines } = await run(['lint', into]);
    expect(lines).toEqual([
      '1 rules, 0 problems',
      '1 ask for content: answered where the content is',
    ]);
    await expect(run(['import', 'safe-mcp', theirs], { out: into })).rejects.toThrow('written');
    await expect(run(['import', 'nothing', theirs])).rejects.toThrow('import atr|safe-mcp|sigma');
    await expect(run(['lint', join(folder, 'no-such')])).rejects.toThrow('cannot be read');
  });
});
