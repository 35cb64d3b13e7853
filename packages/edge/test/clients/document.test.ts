import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readClientText, readDocument, wrappingOf } from '../../src/clients/index.ts';

const jsonc = (text: string, ...at: string[][]): ReturnType<typeof readDocument> =>
  readDocument(text, 'jsonc', at.length === 0 ? [['mcpServers']] : at);
const toml = (text: string): ReturnType<typeof readDocument> =>
  readDocument(text, 'toml', [['mcp_servers']]);

/** Name, command and arguments of every server; its kind where it has no command. */
function servers(document: ReturnType<typeof readDocument>): unknown[] {
  if (!document.ok) throw new Error(document.why);
  return document.servers.map(({ name, form }) =>
    form.kind === 'stdio'
      ? [name, form.command.value, form.args?.items.map(({ value }) => value)]
      : [name, form.kind],
  );
}

describe('servers in JSON', () => {
  test('with comments, trailing commas and a byte order mark', () => {
    const text = '\ufeff{ // here\n "mcpServers": { "a": { "command": "x", "args": ["1",], }, }, }';
    expect(servers(jsonc(text))).toEqual([['a', 'x', ['1']]]);
  });

  test('by a pattern of keys', () => {
    const text =
      '{"mcpServers":{"a":{"command":"x"}},"projects":{"/p":{"mcpServers":{"b":{"command":"y"}}},"/q":{}}}';
    expect(servers(jsonc(text, ['mcpServers'], ['projects', '*', 'mcpServers']))).toEqual([
      ['a', 'x', undefined],
      ['b', 'y', undefined],
    ]);
  });

  test('of every form', () => {
    const text = `{"mcpServers": {
      "url": {"url": "https://x"}, "http": {"httpUrl": "https://x"},
      "windsurf": {"serverUrl": "https://x"},
      "zed": {"command": {"path": "z", "args": ["1"]}}, "none": {}, "number": {"command": 1},
      "mixed": {"command": "x", "args": [1]}, "list": []
    }}`;
    expect(servers(jsonc(text))).toEqual([
      ['url', 'remote'],
      ['http', 'remote'],
      ['windsurf', 'remote'],
      ['zed', 'z', ['1']],
      ['none', 'other'],
      ['number', 'other'],
      ['mixed', 'other'],
      ['list', 'other'],
    ]);
  });

  test('of equal keys the last counts, as it does to those who read the file', () => {
    const text = '{"mcpServers":{"a":{"command":"no","command":"yes"}}}';
    expect(servers(jsonc(text))).toEqual([['a', 'yes', undefined]]);
  });

  test.each([
    ['', []],
    ['  \n', []],
    ['[]', []],
    ['{"mcpServers": null}', []],
  ])('%j has none', (text, none) => {
    expect(servers(jsonc(text))).toEqual(none);
  });

  test('an error has its place', () => {
    expect(jsonc('{\n  "mcpServers": {\n    "a": }\n}')).toMatchObject({
      ok: false,
      line: 3,
      column: 10,
    });
  });

  test('nesting without end is an error, too', () => {
    expect(jsonc('['.repeat(200_000))).toMatchObject({ ok: false });
  });
});

describe('servers in TOML', () => {
  test('in tables, in inline tables and by dotted keys', () => {
    const text = `[mcp_servers]
dotted.command = "d"
inline = { command = 'i', args = ["1"] }
[mcp_servers.table]
command = "t"
args = [
  "1", # one
  """2""",
]
[mcp_servers.table.env]
A = "b"
[mcp_servers."with blank"]
url = "https://x"
[other.x]
command = "no"
`;
    expect(servers(toml(text))).toEqual([
      ['dotted', 'd', undefined],
      ['inline', 'i', ['1']],
      ['table', 't', ['1', '2']],
      ['with blank', 'remote'],
    ]);
  });

  test('an error has its place', () => {
    expect(toml('a = 1\nb = ]\n')).toMatchObject({ ok: false, line: 2 });
  });
});

describe('reading the file', () => {
  const folder = async (): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), 'spoor-test-'));
    onTestFinished(() => rm(path, { recursive: true }));
    return path;
  };

  test('no file is not an unreadable file', async () => {
    const dir = await folder();
    expect((await readClientText(join(dir, 'none'))).status).toBe('absent');
    expect((await readClientText(dir)).status).toBe('unreadable');
  });

  test('what is not UTF-8 is not read as something else', async () => {
    const path = join(await folder(), 'latin');
    await writeFile(path, Buffer.from('{"ä":1}', 'latin1'));
    expect(await readClientText(path)).toEqual({ status: 'unreadable', why: 'it is not UTF-8' });
  });
});

describe('a wrapped server is known again', () => {
  test.each([
    ['/s/launcher/spoor-launch', ['run', '--name', 'x', '--', 'npx', 'y'], 4, true],
    ['C:\\s\\node.exe', ['C:\\s\\spoor-launch.mjs', 'run', '--', 'npx'], 3, true],
    ['node', ['/src/packages/cli/bin/spoor.mjs', 'run', '--', 'npx'], 3, false],
    ['npx', ['-y', '@spoor/cli@0.1.0', 'run', '--', 'npx'], 4, false],
    ['spoor', ['run', '--enforce', '--', 'npx'], 3, false],
  ])('%s %j', (command, args, ownArgs, byLauncher) => {
    expect(wrappingOf(command, args)).toMatchObject({ ownArgs, byLauncher });
  });

  test.each([
    ['npx', ['-y', 'server', 'spoor']],
    ['spoor', ['hub']],
    ['spoor', ['run', '--']],
    ['spoor', ['run']],
    ['/s/other-launch', ['run', '--', 'x']],
  ])('and another is not taken for one: %s %j', (command, args) => {
    expect(wrappingOf(command, args)).toBeUndefined();
  });
});
