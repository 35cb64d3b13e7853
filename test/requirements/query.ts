/** What is promised of the query server. */
export const QUERY = {
  'query:data': {
    behavior: 'No text that somebody recorded reaches an assistant but as quoted data.',
    source: 'docs/mcp.md',
  },
  'query:transports': {
    behavior: 'Clients of both eras reach every tool over Streamable HTTP, and old ones over SSE.',
    source: 'docs/mcp.md',
  },
  'query:door': {
    behavior: 'Requests under other names, or from pages of other origins, are refused.',
    source: 'docs/mcp.md',
  },
  'query:drain': {
    behavior: 'A server that ends says that it is not ready, and lets calls under way end.',
    source: 'docs/mcp.md',
  },
} as const;
