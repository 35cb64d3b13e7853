import type { Dialect } from './dialect.ts';

/** Sentry's wrapper of MCP servers: one attribute for each argument. */
export const SENTRY: Dialect = {
  name: 'sentry',
  attributes: {
    'mcp.tool.name': 'tool',
    'mcp.prompt.name': 'prompt',
    'mcp.server.name': 'server',
    'mcp.tool.result.content': 'result',
    'mcp.tool.result.is_error': 'isError',
    'mcp.prompt.result.message_content': 'result',
    'mcp.prompt.result.description': 'result',
    'mcp.logging.message': 'content',
    'mcp.progress.message': 'content',
    'mcp.cancelled.reason': 'content',
  },
  prefixes: {
    'mcp.request.argument.': 'argument',
    'mcp.tool.result.': 'none',
    'mcp.prompt.result.': 'none',
  },
};
