/**
 * MCP clients and where each keeps its servers. One row for each client; `docs/init.md` says from
 * which documentation each row was taken.
 */
export interface ClientRow {
  readonly id: string;
  readonly title: string;
  readonly files: readonly ClientFile[];
  /** The member whose address speaks the older transport of two endpoints, where there is one. */
  readonly eventsKey?: 'url';
  /** What the row leaves out, and why. */
  readonly note?: string;
}

/**
 * `user`: one person's own. `project`: in a folder that others may share. `managed`: laid down by
 * an administrator.
 */
export type ClientScope = 'user' | 'project' | 'managed';

export interface ClientFile {
  readonly scope: ClientScope;
  readonly format: 'jsonc' | 'toml';
  /** Where the servers are in it: keys from the top, `*` for any. */
  readonly at: readonly (readonly string[])[];
  /** By platform. `{home}`, `{config}`, `{appdata}`, `{project}` and `{VARIABLE|default}`. */
  readonly path: Readonly<Partial<Record<ClientPlatform, string>>>;
}

export type ClientPlatform = 'linux' | 'darwin' | 'win32';

const everywhere = (path: string): ClientFile['path'] => ({
  linux: path,
  darwin: path,
  win32: path,
});

const application = (folder: string, file: string): ClientFile['path'] => ({
  linux: `{config}/${folder}/${file}`,
  darwin: `{home}/Library/Application Support/${folder}/${file}`,
  win32: `{appdata}/${folder}/${file}`,
});

const json = (
  scope: ClientScope,
  path: ClientFile['path'],
  ...at: readonly (readonly string[])[]
): ClientFile => ({ scope, format: 'jsonc', path, at });

const MCP_SERVERS: readonly string[] = ['mcpServers'];

export const CLIENTS: readonly ClientRow[] = [
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    files: [json('user', application('Claude', 'claude_desktop_config.json'), MCP_SERVERS)],
    note: 'Extensions (.mcpb) and remote connectors are kept by the program itself.',
  },
  {
    id: 'claude-code',
    title: 'Claude Code',
    files: [
      json('user', everywhere('{CLAUDE_CONFIG_DIR|{home}}/.claude.json'), MCP_SERVERS, [
        'projects',
        '*',
        'mcpServers',
      ]),
      json('project', everywhere('{project}/.mcp.json'), MCP_SERVERS),
      json(
        'managed',
        {
          linux: '/etc/claude-code/managed-mcp.json',
          darwin: '/Library/Application Support/ClaudeCode/managed-mcp.json',
          win32: '{ProgramFiles|C:/Program Files}/ClaudeCode/managed-mcp.json',
        },
        MCP_SERVERS,
      ),
    ],
    note: 'Servers that a plugin brings are replaced whenever the plugin is updated.',
  },
  {
    id: 'cursor',
    title: 'Cursor',
    files: [
      json('user', everywhere('{home}/.cursor/mcp.json'), MCP_SERVERS),
      json('project', everywhere('{project}/.cursor/mcp.json'), MCP_SERVERS),
    ],
  },
  {
    id: 'vscode',
    title: 'VS Code',
    files: [
      json('user', application('Code/User', 'mcp.json'), ['servers']),
      json('user', application('Code - Insiders/User', 'mcp.json'), ['servers']),
      json('user', everywhere('{COPILOT_HOME|{home}/.copilot}/mcp-config.json'), MCP_SERVERS),
      json('project', everywhere('{project}/.vscode/mcp.json'), ['servers']),
    ],
    note: 'Of profiles, only the default one.',
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    files: [json('user', everywhere('{home}/.codeium/windsurf/mcp_config.json'), MCP_SERVERS)],
  },
  {
    id: 'zed',
    title: 'Zed',
    files: [
      json(
        'user',
        {
          linux: '{config}/zed/settings.json',
          darwin: '{home}/.config/zed/settings.json',
          win32: '{appdata}/Zed/settings.json',
        },
        ['context_servers'],
      ),
      json('project', everywhere('{project}/.zed/settings.json'), ['context_servers']),
    ],
    note: 'A server that an extension starts has no command here.',
  },
  {
    id: 'jetbrains',
    title: 'JetBrains (Junie)',
    files: [
      json('user', everywhere('{home}/.junie/mcp/mcp.json'), MCP_SERVERS),
      json('project', everywhere('{project}/.junie/mcp/mcp.json'), MCP_SERVERS),
    ],
    note: 'AI Assistant keeps its servers in the settings of the IDE, in no file of their own.',
  },
  {
    id: 'codex',
    title: 'Codex',
    files: [
      {
        scope: 'user',
        format: 'toml',
        path: everywhere('{CODEX_HOME|{home}/.codex}/config.toml'),
        at: [['mcp_servers']],
      },
      {
        scope: 'project',
        format: 'toml',
        path: everywhere('{project}/.codex/config.toml'),
        at: [['mcp_servers']],
      },
    ],
  },
  {
    id: 'gemini',
    title: 'Gemini CLI',
    eventsKey: 'url',
    files: [
      json('user', everywhere('{home}/.gemini/settings.json'), MCP_SERVERS),
      json('project', everywhere('{project}/.gemini/settings.json'), MCP_SERVERS),
    ],
  },
];
