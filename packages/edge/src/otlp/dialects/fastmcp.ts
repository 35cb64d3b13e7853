import type { Dialect } from './dialect.ts';

/** FastMCP for Python, over OpenTelemetry's conventions. Its keys of resources are their URIs. */
export const FASTMCP: Dialect = {
  name: 'fastmcp',
  attributes: {
    'fastmcp.server.name': 'server',
    'fastmcp.component.key': 'none',
    'fastmcp.component.type': 'none',
    'fastmcp.delegate.original_uri': 'content',
    'fastmcp.proxy.backend_uri': 'content',
    'enduser.scope': 'none',
  },
};
