import type { DynamicCheck } from './check.ts';

/** The first revision with structured results and OAuth resource servers. */
const RECENT = '2025-06-18';

const protocolVersion: DynamicCheck = {
  check: {
    id: 'protocol-version',
    title: 'The server speaks a recent revision of MCP',
    severity: 'low',
    points: 2,
    catalogue: ['cosai:T11', 'cwe:1104'],
    remedy: 'Update the MCP SDK: newer revisions carry trace context and bind tokens to servers.',
    example: 'npm install @modelcontextprotocol/server@latest',
  },
  judge: ({ server }) => {
    const newest = [...server.protocols].sort().at(-1);
    if (newest === undefined || newest === '') return 'the server named no revision';
    if (newest >= RECENT) return [];
    const what = `The newest revision that the server speaks is ${newest}`;
    const evidence = `protocolVersion: ${newest}`;
    return [
      { what, where: 'initialize', evidence, reproduce: 'Send initialize and read the answer' },
    ];
  },
};

const serverVersion: DynamicCheck = {
  check: {
    id: 'server-version',
    title: 'The server says its name and version',
    severity: 'info',
    points: 0,
    catalogue: ['cosai:T11', 'owasp-mcp:MCP09'],
    remedy: 'Give the version of the package, so that an inventory can tell what runs.',
    example: "new McpServer({ name: 'files', version: pkg.version });",
  },
  judge: ({ server }) => {
    if (server.name !== undefined && server.version !== undefined) return [];
    const what = 'The server does not say what it is';
    const evidence = JSON.stringify({ name: server.name, version: server.version });
    return [
      { what, where: 'serverInfo', evidence, reproduce: 'Send initialize and read the answer' },
    ];
  },
};

export const VERSION_CHECKS: readonly DynamicCheck[] = [protocolVersion, serverVersion];
