/**
 * What never leaves as text, though a convention, an instrumentation or a careless line of code
 * would put it on a span. Each row has a test that tries to get it out.
 */
export interface WithheldRow {
  /** Where it would leak. */
  readonly leaks: string;
  /** What leaves in its place. */
  readonly instead: string;
}

export const WITHHELD: Readonly<Record<string, WithheldRow>> = {
  'arguments and results': {
    leaks: '`gen_ai.tool.call.arguments`, `gen_ai.tool.call.result`, `mcp.request.argument.*`',
    instead: 'sizes, classes of content, names that the pinned schema declares',
  },
  'error text': {
    leaks: '`exception.message`, `error.message`, the status description',
    instead: '`error.type`: a JSON-RPC code or a word of ours; the status says `failed`',
  },
  'error data': {
    leaks: '`error.data` of a response, copied whole',
    instead: 'nothing',
  },
  'exception event': {
    leaks: 'span event `exception` with its message and stack trace',
    instead: 'nothing: spans have no events',
  },
  'resource URI': {
    leaks: '`mcp.resource.uri`, span names',
    instead: 'scheme and keyed digest, on the attribute only',
  },
  'tool name with text in it': {
    leaks: '`gen_ai.tool.name` and the span name: the server chose it',
    instead: 'plain names up to 128 characters; of others a keyed digest',
  },
  'prompt name with text in it': {
    leaks: '`gen_ai.prompt.name` and the span name: the server chose it',
    instead: 'plain names up to 128 characters; of others a keyed digest',
  },
  'prompt variables': {
    leaks: '`gen_ai.prompt.variable.*`',
    instead: 'names that are declared',
  },
  'unknown method': {
    leaks: '`mcp.method.name` and the span name: a peer chose it',
    instead: '`_OTHER`',
  },
  'request id': {
    leaks: '`jsonrpc.request.id`: the client may put any text there',
    instead: 'integers as they are, of strings a keyed digest',
  },
  requestState: {
    leaks: 'any attribute that joins the legs of one call',
    instead: '`spoor.call.id`, which is ours and the same on all legs',
  },
  'progress token': {
    leaks: 'attributes or links of progress notifications',
    instead: 'nothing',
  },
  'Mcp-Param-* headers': {
    leaks: '`http.request.header.mcp-param-*`, access logs: these are arguments',
    instead: 'nothing',
  },
  'Mcp-Name header': {
    leaks: '`http.request.header.mcp-name`: a resource URI for `resources/read`',
    instead: 'what the body says, as above',
  },
  'protocol session': {
    leaks: '`mcp.session.id`: to some servers it is a credential',
    instead: '`spoor.session.id`, which is ours',
  },
  'name of the client': {
    leaks: '`clientInfo` of the handshake: free text that nobody checks',
    instead: '`mcp.identity.agent`: the name of its process, without odd characters',
  },
  user: {
    leaks: '`enduser.id`, `user.email`, `client.address`',
    instead: '`mcp.identity.sub_p`: a keyed pseudonym',
  },
  'baggage and tracestate': {
    leaks: 'span attributes copied from baggage; outgoing requests',
    instead: 'nothing, or members that a rule for that peer keeps',
  },
};
