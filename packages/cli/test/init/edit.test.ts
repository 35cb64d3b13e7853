import { readDocument } from '@spoor/edge/clients';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { unwrapServers, wrapServers } from '../../src/init/edit.ts';

const LAUNCH = { command: '/state/launcher/spoor-launch', args: [] };
type Format = 'jsonc' | 'toml';
const AT = { jsonc: [['mcpServers']], toml: [['mcp_servers']] } as const;

function wrap(text: string, format: Format): { text: string; withoutArgs: readonly string[] } {
  const document = readDocument(text, format, AT[format]);
  if (!document.ok) throw new Error(`${document.line}:${document.column} ${document.why}\n${text}`);
  const edited = wrapServers(text, format, AT[format], document, LAUNCH);
  if (edited === undefined) throw new Error(`refused:\n${text}`);
  return edited;
}

function unwrap(text: string, format: Format, withoutArgs: readonly string[]): string | undefined {
  const document = readDocument(text, format, AT[format]);
  if (!document.ok) throw new Error(document.why);
  return unwrapServers(text, format, AT[format], document, { withoutArgs })?.text;
}

const nameWords = (name: string): string[] =>
  name.startsWith('-') ? [`--name=${name}`] : ['--name', name.slice(0, 128)];

/** What may stand between two tokens. */
const trivia = fc.constantFrom('', ' ', '\n  ', '\r\n\t', ' /* why, "x" */ ', ' // ] }\n', '\n');
const word = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('-y', '--', 'run', 'päck"\\'));
const key = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 5 }),
    fc.constantFrom('a.b', '-x', '--', 'n'.repeat(300)),
  )
  .filter((name) => name !== '__proto__');

interface Member {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[] | undefined;
  readonly commandFirst: boolean;
  readonly more: boolean;
}

const member: fc.Arbitrary<Member> = fc.record({
  name: key,
  command: word,
  args: fc.option(fc.array(word, { maxLength: 3 }), { nil: undefined }),
  commandFirst: fc.boolean(),
  more: fc.boolean(),
});

/** JSON with random white space, comments and trailing commas. */
function render(servers: readonly Member[], gaps: readonly string[], trailing: boolean): string {
  let next = 0;
  const gap = (): string => gaps[next++ % gaps.length] ?? '';
  const list = (open: string, items: readonly string[], close: string): string => {
    const inner = items.map((item) => `${gap()}${item}${gap()}`).join(',');
    return `${open}${inner}${trailing && items.length > 0 ? ',' : ''}${gap()}${close}`;
  };
  const pair = (name: string, value: string): string =>
    `${JSON.stringify(name)}${gap()}:${gap()}${value}`;
  const entry = ({ command, args, commandFirst, more }: Member): string => {
    const parts = [pair('command', JSON.stringify(command))];
    if (args !== undefined) {
      const values = list(
        '[',
        args.map((one) => JSON.stringify(one)),
        ']',
      );
      parts[commandFirst ? 'push' : 'unshift'](pair('args', values));
    }
    if (more) parts.push(pair('env', list('{', [pair('KEY', '"value"')], '}')));
    return list('{', parts, '}');
  };
  const all = servers.map((server) => pair(server.name, entry(server)));
  return list('{', [pair('theme', '"dark"'), pair('mcpServers', list('{', all, '}'))], '}');
}

const documents = fc
  .tuple(
    fc.uniqueArray(member, { selector: ({ name }) => name, minLength: 1, maxLength: 4 }),
    fc.array(trivia, { minLength: 1, maxLength: 30 }),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([servers, gaps, trailing, mark]) => ({
    servers,
    text: `${mark ? '\ufeff' : ''}${render(servers, gaps, trailing)}`,
  }));

describe('wrapping and unwrapping', () => {
  verifies(
    'init:undo-exact',
    () => {
      fc.assert(
        fc.property(documents, ({ text }) => {
          const wrapped = wrap(text, 'jsonc');
          expect(unwrap(wrapped.text, 'jsonc', wrapped.withoutArgs)).toBe(text);
        }),
        { numRuns: 500 },
      );
    },
    { case: 'any JSON with comments, by the reverse edit alone' },
  );

  verifies(
    'init:survives',
    () => {
      fc.assert(
        fc.property(documents, ({ text, servers }) => {
          const wrapped = wrap(text, 'jsonc').text;
          // What was there is still there, in order; only the commands have moved.
          let from = 0;
          for (const comment of text.match(
            /\/\* why, "x" \*\/|\/\/ \] \}\n|\r\n\t|"dark"|"value"/g,
          ) ?? []) {
            from = wrapped.indexOf(comment, from);
            expect(from, `${comment} in ${wrapped}`).toBeGreaterThanOrEqual(0);
            from += comment.length;
          }
          const document = readDocument(wrapped, 'jsonc', AT.jsonc);
          if (!document.ok) throw new Error(document.why);
          const { mcpServers } = document.value() as { mcpServers: Record<string, unknown> };
          for (const { name, command, args = [], more } of servers) {
            expect(mcpServers[name]).toEqual({
              command: LAUNCH.command,
              args: ['run', ...nameWords(name), '--', command, ...args],
              ...(more ? { env: { KEY: 'value' } } : {}),
            });
          }
        }),
        { numRuns: 500 },
      );
    },
    { case: 'any JSON with comments' },
  );

  const TOML = `# top
model = "o" # which
[mcp_servers.files]
command = "npx" # runner
args = [
    "-y", # yes
    'server',
]
startup_timeout_sec = 10
[mcp_servers.files.env]
A = "b"

[mcp_servers."b c"]
  command = 'uvx' # no arguments
  enabled = true

[mcp_servers]
inline = { command = "q", env = { A = "1" } }
dotted.command = "z"
`;

  for (const [name, text] of [
    ['tables of every kind', TOML],
    ['other line ends', TOML.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${TOML}`],
    ['no line end at the end', TOML.trimEnd()],
  ] as const) {
    verifies(
      'init:undo-exact',
      () => {
        const wrapped = wrap(text, 'toml');
        expect(unwrap(wrapped.text, 'toml', wrapped.withoutArgs)).toBe(text);
        const comments = [...text.matchAll(/#.*/g)].map(([comment]) => comment.trim());
        for (const comment of comments) expect(wrapped.text).toContain(comment);
      },
      { case: `TOML with ${name}` },
    );
  }
});

describe('the form of what is written', () => {
  test('each argument gets a line of its own where the others have one', () => {
    const text = '{"mcpServers": {"a": {\n  "command": "x",\n  "args": [\n    "1"\n  ]\n}}}';
    expect(wrap(text, 'jsonc').text).toContain('"args": [\n    "run",\n    "--name",\n    "a",\n');
  });

  verifies('init:idempotent', () => {
    fc.assert(
      fc.property(documents, ({ text }) => {
        const once = wrap(text, 'jsonc').text;
        expect(wrap(once, 'jsonc').text).toBe(once);
      }),
    );
  });

  test('a wrapping made by hand stays', () => {
    const text = '{"mcpServers":{"a":{"command":"node","args":["/x/spoor.mjs","run","--","y"]}}}';
    expect(wrap(text, 'jsonc').text).toBe(text);
    expect(unwrap(text, 'jsonc', [])).toBe(text);
  });

  test('names that mean something to JavaScript are refused or right', () => {
    const text = '{"mcpServers":{"__proto__":{"command":"x"},"constructor":{"command":"y"}}}';
    const document = readDocument(text, 'jsonc', AT.jsonc);
    if (!document.ok) throw new Error(document.why);
    expect(wrapServers(text, 'jsonc', AT.jsonc, document, LAUNCH)).toBeUndefined();
  });
});

verifies(
  'init:undo-later-edits',
  () => {
    const before = '{"mcpServers":{"a":{"command":"x","args":["1"]}}}';
    const wrapped = wrap(before, 'jsonc').text;
    const later = wrapped
      .replace('"1"', '"1","2"')
      .replace('{"mcpServers":{', '{"mine":1,"mcpServers":{"new":{"command":"n"},');
    expect(unwrap(later, 'jsonc', [])).toBe(
      '{"mine":1,"mcpServers":{"new":{"command":"n"},"a":{"command":"x","args":["1","2"]}}}',
    );
  },
  { case: 'arguments and servers that were added' },
);
