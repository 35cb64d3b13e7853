import { readDocument } from '@spoor/edge/clients';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { maskArgument, maskText } from '../../src/init/mask.ts';

function masked(text: string, format: 'jsonc' | 'toml', at: string[][]): string {
  const document = readDocument(text, format, at);
  if (!document.ok) throw new Error(document.why);
  return maskText(text, document);
}

const JSON_TEXT = `{
  // the token is canary01
  "oauthAccount": { "id": "canary02", "number": 4711000001 },
  "inputs": [{ "default": "canary03" }],
  "mcpServers": {
    "files": {
      "type": "stdio",
      "command": "npx", // ordinary
      "args": [
        "-y", "@org/server-files@1.2.3", "/home/me/my folder",
        "--api-key", "canary04", "--token=canary05", "API_KEY=canary06",
        "--header", "Authorization: Bearer canary07",
        "postgres://me:canary08@db.example/main?password=canary09",
        "ghp_canary10canary10canary10canary10", "a8f5f167f44f4964e6c998dee827110c"
      ],
      "env": { "command": "canary11", "args": ["canary12"], "url": "canary13" }
    },
    "web": {
      "url": "https://canary14:canary15@web.example/mcp/canary16canary17canary18?key=canary19#canary20",
      "headers": { "X-Key": "canary21" }
    }
  }
}`;

describe('what is shown of a configuration', () => {
  verifies(
    'init:no-secrets',
    () => {
      const shown = masked(JSON_TEXT, 'jsonc', [['mcpServers']]);
      expect(shown).not.toMatch(/canary|4711|a8f5/);
      for (const word of [
        'npx',
        '-y',
        '@org/server-files@1.2.3',
        '/home/me/my folder',
        '--api-key',
      ]) {
        expect(shown).toContain(word);
      }
      expect(shown).toContain('web.example');
      expect(shown.split('\n').length).toBe(JSON_TEXT.split('\n').length);
    },
    { case: 'JSON: environments, headers, tokens in arguments and addresses, comments, all else' },
  );

  verifies(
    'init:no-secrets',
    () => {
      const text = `# password canary1
[mcp_servers.a]
command = "uvx"
args = ["server", "--secret", 'canary2']
env = { A = "canary3" }
[mcp_servers.b]
url = "https://b.example/mcp?token=canary4"
http_headers = { "X-Key" = "canary5" }
[mcp_servers.b.env_http_headers]
C = """canary6"""
[profile]
date = 1979-05-27
key = "canary7"
`;
      const shown = masked(text, 'toml', [['mcp_servers']]);
      expect(shown).not.toMatch(/canary|1979/);
      expect(shown).toContain('command = "uvx"');
      expect(shown).toContain('"server", "--secret"');
    },
    { case: 'TOML likewise' },
  );

  test.each([
    ['C:\\Users\\me\\server.js', '', 'C:\\Users\\me\\server.js'],
    ['--root=/data', '', '--root=/data'],
    ['--config=KEY=value', '', '--config=KEY=•••'],
    ['https://example.com/a/b', '', 'https://example.com/a/b'],
    ['node:22-alpine', '', 'node:•••'],
    ['value', '--auth-token', '•••'],
    ['value', '--name', 'value'],
  ])('%s after %j', (word, before, shown) => {
    expect(maskArgument(word, before)).toBe(shown);
  });
});
