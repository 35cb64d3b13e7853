/**
 * Where a secret can stand in a conversation, one canary for each place. A canary on a span, or
 * where another program gets it unasked, is a leak.
 */
export const FIELDS = {
  argument: 'argument of a tool call',
  argumentname: 'name of an argument that no schema declares',
  result: 'result of a tool',
  structured: 'structured result',
  softerror: 'text of a result that says it is an error',
  exception: 'message of an exception in a handler',
  rpcerror: 'message of a JSON-RPC error',
  errordata: 'data of a JSON-RPC error',
  uri: 'resource URI',
  resource: 'content of a resource',
  promptargument: 'argument of a prompt',
  promptresult: 'text of a prompt',
  description: 'description of a tool',
  oddname: 'name of a tool that is no plain name',
  requestid: 'request id that is text',
  meta: 'member of `_meta`',
  state: '`requestState`',
  progresstoken: 'progress token',
  progress: 'message of a progress notification',
  logging: 'text of a logging notification',
  cancelled: 'reason of a cancellation',
  sampling: 'sampling request and answer',
  peer: 'name that the peer gives itself',
  intent: "the user's prompt",
  baggagein: 'baggage that came in',
  tracestatein: '`tracestate` that came in',
} as const;

/** What a peer gets of ours. */
export const SENT = {
  baggageout: 'our baggage, sent to the peer',
  tracestateout: 'our `tracestate`, sent to the peer',
  traceid: 'our trace id, sent to the peer',
} as const;

export type Field = keyof typeof FIELDS | keyof typeof SENT;

export const canary = (field: Field): string => `CANARY${field}X`;

export const ALL_FIELDS: Readonly<Record<Field, string>> = { ...FIELDS, ...SENT };
