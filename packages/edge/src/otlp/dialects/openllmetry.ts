import type { Dialect } from './dialect.ts';

/** Traceloop's OpenLLMetry. Its MCP spans name the method in the span's name alone. */
export const OPENLLMETRY: Dialect = {
  name: 'openllmetry',
  attributes: {
    'traceloop.span.kind': 'kind',
    'traceloop.entity.name': 'name',
    'traceloop.entity.input': 'input',
    'traceloop.entity.output': 'output',
    'mcp.request.argument': 'input',
    'mcp.response.value': 'output',
  },
  prefixes: { 'traceloop.association.properties.': 'content' },
  kinds: { tool: 'tool.call', agent: 'intent', workflow: 'intent' },
  methodSuffix: '.mcp',
};
