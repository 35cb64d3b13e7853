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
  'query:permissions': {
    behavior: 'A caller may what its token says and the owner allows, tool by tool, and no more.',
    source: 'docs/mcp.md',
  },
  'query:tenants': {
    behavior: 'A caller reads traces of its own tenants alone.',
    source: 'docs/mcp.md',
  },
  'query:settings': {
    behavior: 'The variables of mcp-victoriatraces are taken under their names and meanings.',
    source: 'docs/mcp.md',
  },
  'query:log': {
    behavior: 'The log names tools, outcomes and times, and nothing that anybody has said.',
    source: 'docs/mcp.md',
  },
  'query:limits': {
    behavior: 'A backend that hangs and a caller that asks too much hold up nobody else.',
    source: 'docs/mcp.md',
  },
  'query:stdio': {
    behavior: 'It takes the place of mcp-victoriatraces in a client, in both eras.',
    source: 'docs/mcp.md',
  },
  'query:documents': {
    behavior: 'Documents come from the named folders alone, and no answer names their place.',
    source: 'docs/mcp.md',
  },
  'query:evidence': {
    behavior:
      'With a hub, assistants read its evidence, and each of their calls stands in its ledger.',
    source: 'docs/mcp.md',
  },
  'query:conformance': {
    behavior: "The official suite's checks that hold for any server pass, in both eras.",
    source: 'docs/conformance.md',
  },
  'query:compact': {
    behavior: 'A trace of 500 spans takes at most half the tokens of the JSON that Jaeger gives.',
    source: 'docs/mcp.md',
  },
} as const;
