/** What is promised of the query server. */
export const QUERY = {
  'query:data': {
    behavior: 'No text that somebody recorded reaches an assistant but as quoted data.',
    source: 'docs/mcp.md',
  },
} as const;
