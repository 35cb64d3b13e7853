import { readDocument, type ServerEntry } from '@spoor/edge/clients';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { type Edited, unwrapServers, wrapServers } from '../../src/init/edit.ts';
import { type RemotePolicy, whyLeft } from '../../src/init/remote.ts';

const LAUNCH = { command: '/state/launcher/spoor-launch', args: [] };
type Format = 'jsonc' | 'toml';
const AT = [['servers']];

function serversOf(text: string, format: Format): readonly ServerEntry[] {
  const document = readDocument(text, format, AT);
  if (!document.ok) throw new Error(`${document.line}:${document.column} ${document.why}\n${text}`);
  return document.servers;
}

function wrap(text: string, format: Format): Edited {
  const document = readDocument(text, format, AT);
  if (!document.ok) throw new Error(`${document.line}:${document.column} ${document.why}\n${text}`);
  const edited = wrapServers(text, format, AT, document, LAUNCH);
  if (edited === undefined) throw new Error(`refused:\n${text}`);
  return edited;
}

function unwrap(text: string, format: Format, known: Pick<Edited, 'remotes'>): string | undefined {
  const document = readDocument(text, format, AT);
  if (!document.ok) throw new Error(`${document.why}\n${text}`);
  return unwrapServers(text, format, AT, document, { withoutArgs: [], ...known })?.text;
}

/** What the only server of a configuration is after wrapping. */
function meaning(text: string, format: Format): unknown {
  const document = readDocument(wrap(text, format).text, format, AT);
  if (!document.ok) throw new Error(document.why);
  const { servers } = document.value() as { readonly servers: Record<string, unknown> };
  return Object.values(servers)[0];
}

const ENTRIES: Readonly<Record<string, readonly [format: Format, text: string, wrapped: object]>> =
  {
    'Claude Code': [
      'jsonc',
      `{"servers": {
  "x": {
    "type": "http", // by hand
    "url": "https://mcp.example.com/mcp",
    "headers": { "Authorization": "Bearer \${TOKEN}", "X-Team": "a" }
  }
}}`,
      {
        type: 'stdio',
        command: LAUNCH.command,
        args: [
          ...['run', '--name', 'x', '--header-env', 'Authorization=SPOOR_HEADER_AUTHORIZATION'],
          ...['--header-env', 'X-Team=SPOOR_HEADER_X_TEAM', '--url', 'https://mcp.example.com/mcp'],
        ],
        env: { SPOOR_HEADER_AUTHORIZATION: `Bearer \${TOKEN}`, SPOOR_HEADER_X_TEAM: 'a' },
      },
    ],
    Windsurf: [
      'jsonc',
      '{"servers":{"x":{"serverUrl":"https://a/mcp","headers":{"k":"v","K!":"w"},"disabled":false}}}',
      {
        command: LAUNCH.command,
        args: [
          ...['run', '--name', 'x', '--header-env', 'k=SPOOR_HEADER_K'],
          ...['--header-env', 'K!=SPOOR_HEADER_K_', '--url', 'https://a/mcp'],
        ],
        env: { SPOOR_HEADER_K: 'v', SPOOR_HEADER_K_: 'w' },
        disabled: false,
      },
    ],
    'a key in the address': [
      'jsonc',
      '{"servers": {"x": { "url": "https://a/mcp?key=k3y", "tools": ["*"] }}}',
      {
        command: LAUNCH.command,
        args: ['run', '--name', 'x', '--url-env', 'SPOOR_URL'],
        env: { SPOOR_URL: 'https://a/mcp?key=k3y' },
        tools: ['*'],
      },
    ],
    'a key in the address, and headers': [
      'jsonc',
      '{"servers": {"x": {"headers": {"A": "b"}, "httpUrl": "https://a/mcp?key=k3y"}}}',
      {
        command: LAUNCH.command,
        args: [
          ...['run', '--name', 'x', '--header-env', 'A=SPOOR_HEADER_A'],
          ...['--url-env', 'SPOOR_URL'],
        ],
        env: { SPOOR_URL: 'https://a/mcp?key=k3y', SPOOR_HEADER_A: 'b' },
      },
    ],
    'Codex, a table of headers': [
      'toml',
      `[servers.x] # mine
url = "https://a/mcp"
startup_timeout_sec = 5
[servers.x.http_headers]
"X-Key" = 'v' # secret
`,
      {
        command: LAUNCH.command,
        args: [
          'run',
          '--name',
          'x',
          '--header-env',
          'X-Key=SPOOR_HEADER_X_KEY',
          '--url',
          'https://a/mcp',
        ],
        env: { SPOOR_HEADER_X_KEY: 'v' },
        startup_timeout_sec: 5,
      },
    ],
    'Codex, a token of its environment': [
      'toml',
      `[servers.x]
http_headers = { A = "b" }
url = "https://a/mcp"
bearer_token_env_var = "TOKEN"
`,
      {
        command: LAUNCH.command,
        args: [
          ...['run', '--name', 'x', '--header-env', 'A=SPOOR_HEADER_A', '--bearer-env', 'TOKEN'],
          ...['--url', 'https://a/mcp'],
        ],
        env: { SPOOR_HEADER_A: 'b' },
        env_vars: ['TOKEN'],
      },
    ],
    'Codex, inline and a key in the address': [
      'toml',
      'servers = { x = { url = "https://a/mcp?k=1", enabled = true } }\n',
      {
        command: LAUNCH.command,
        args: ['run', '--name', 'x', '--url-env', 'SPOOR_URL'],
        env: { SPOOR_URL: 'https://a/mcp?k=1' },
        enabled: true,
      },
    ],
    'Codex, a table of headers and a key in the address': [
      'toml',
      '[servers.x]\nurl = "https://a/mcp?k=1"\n[servers.x.http_headers] # mine\nA = "b"\n',
      {
        command: LAUNCH.command,
        args: [
          ...['run', '--name', 'x', '--header-env', 'A=SPOOR_HEADER_A'],
          ...['--url-env', 'SPOOR_URL'],
        ],
        env: { SPOOR_URL: 'https://a/mcp?k=1', SPOOR_HEADER_A: 'b' },
      },
    ],
  };

describe('an entry with an address', () => {
  for (const [name, [format, text, wrapped]] of Object.entries(ENTRIES))
    verifies(
      'init:remote',
      () => {
        expect(meaning(text, format)).toEqual(wrapped);
        const edited = wrap(text, format);
        // The way back does not need the original.
        expect(unwrap(edited.text, format, edited)).toBe(text);
        expect(wrap(edited.text, format).text).toBe(edited.text);
        expect(JSON.stringify(wrapped).match(/"args":\[[^\]]*\]/)?.[0]).not.toMatch(/k3y|Bearer/);
      },
      { case: name },
    );

  const text = fc.string({ maxLength: 8 });
  const gaps = fc.array(fc.constantFrom('', ' ', '\n  ', '\r\n\t', ' /* "x" */ ', ' // }\n'), {
    minLength: 1,
  });
  const entry = fc.record({
    path: fc.stringMatching(/^[a-z?#@$]{0,5}$/),
    headers: fc.option(
      fc.dictionary(fc.stringMatching(/^[A-Za-z-]{1,6}$/), text.filter(Boolean), { maxKeys: 3 }),
      { nil: undefined },
    ),
    type: fc.option(fc.constantFrom('http', 'streamable-http'), { nil: undefined }),
    more: fc.option(text, { nil: undefined }),
    order: fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }),
  });

  verifies(
    'init:remote',
    () => {
      fc.assert(
        fc.property(
          fc.array(entry, { maxLength: 3 }),
          gaps,
          fc.boolean(),
          (entries, all, trailing) => {
            let next = 0;
            const gap = (): string => all[next++ % all.length] ?? '';
            const object = (pairs: readonly (readonly [string, string])[]): string => {
              const inner = pairs.map(
                ([name, value]) =>
                  `${gap()}${JSON.stringify(name)}${gap()}:${gap()}${value}${gap()}`,
              );
              return `{${inner.join(',')}${trailing && inner.length > 0 ? ',' : ''}${gap()}}`;
            };
            const one = ({
              path,
              headers,
              type,
              more,
              order,
            }: (typeof entries)[number]): string => {
              const pairs: [string, string][] = [['url', JSON.stringify(`https://a/${path}`)]];
              if (headers !== undefined) {
                const items = Object.entries(headers).map(
                  ([k, v]) => [k, JSON.stringify(v)] as const,
                );
                pairs.push(['headers', object(items)]);
              }
              if (type !== undefined) pairs.push(['type', JSON.stringify(type)]);
              if (more !== undefined) pairs.push(['note', JSON.stringify(more)]);
              return object(
                pairs.toSorted(
                  ([a], [b]) => (order[a.length % 4] ?? 0) - (order[b.length % 4] ?? 0),
                ),
              );
            };
            const file = object([
              ['servers', object(entries.map((each, i) => [`s${i}`, one(each)]))],
            ]);
            const edited = wrap(file, 'jsonc');
            expect(edited.servers).toHaveLength(entries.length);
            expect(unwrap(edited.text, 'jsonc', edited)).toBe(file);
          },
        ),
        { numRuns: 300 },
      );
    },
    { case: 'any entry, in any layout', timeoutMs: 30_000 },
  );
});

describe('what is left as it is', () => {
  const reason = (
    entry: string,
    policy: Partial<RemotePolicy> = {},
    format: Format = 'jsonc',
  ): string => {
    const file = format === 'jsonc' ? `{"servers":{"x":${entry}}}` : `[servers.x]\n${entry}`;
    const [server] = serversOf(file, format);
    if (server?.form.kind !== 'remote') throw new Error('no address');
    return whyLeft(server.form, { remote: false, ...policy }) ?? 'nothing';
  };
  const url = '"url":"https://a/mcp"';
  const header = '"headers":{"A":"b"}';

  test.each([
    [`{${url}}`, /sign in by itself.*--remote/],
    [`{${url},"headers":{}}`, /sign in by itself.*--remote/],
    [`{${url},${header},"auth":{"CLIENT_ID":"x"}}`, /signs in by itself \(auth\).*--remote/],
    [`{${url},${header},"oauth":{}}`, /signs in by itself \(oauth\)/],
    [`{${url},${header},"headersHelper":"x"}`, /signs in by itself \(headersHelper\)/],
    [`{${url},${header},"type":"sse"}`, /older transport/],
    [`{${url},${header},"type":"ws"}`, /older transport/],
    [`{${url},"headers":{"A":1}}`, /headers are not all text/],
    [`{${url},"headers":{"Host":"b"}}`, /header Host cannot/],
    [`{${url},"headers":{"A":""}}`, /header A cannot/],
    [`{${url},${header},"env":{"B":"c"}}`, /both how to start and where to reach/],
    [`{${url},${header}}`, /^nothing$/],
    [`{${url},${header},"type":"streamable-http"}`, /^nothing$/],
  ])('%s', (entry, why) => expect(reason(entry)).toMatch(why));

  test('what only --remote wraps', () => {
    expect(reason(`{${url}}`, { remote: true })).toBe('nothing');
    expect(reason(`{${url},"type":"sse"}`, { remote: true })).toMatch(/older transport/);
  });

  test('what means another transport to one client', () => {
    const entry = `{${url},${header}}`;
    expect(reason(entry, { eventsKey: 'url' })).toMatch(/older transport/);
    expect(reason(entry.replace('{', '{"type":"http",'), { eventsKey: 'url' })).toBe('nothing');
    expect(reason(entry.replace('url', 'httpUrl'), { eventsKey: 'url' })).toBe('nothing');
  });

  test('in TOML', () => {
    const address = 'url = "https://a/mcp"\n';
    const left = (more: string): string => reason(address + more, {}, 'toml');
    expect(left('env_http_headers = { A = "B" }\n')).toMatch(/env_http_headers/);
    expect(left('http_headers.A = "b"\n')).toMatch(/http_headers are not all text/);
    expect(left('bearer_token_env_var = "TOKEN"\n')).toBe('nothing');
  });
});
