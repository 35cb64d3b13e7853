import type { Decision, Era, JsonRpcId, Request } from '@spoor/core';

/**
 * The answer to a denied call. Fixed text and a case id: nothing of the call, nothing of the
 * reason, since the model reads it, and through it whoever wrote what the model read.
 */
export function denial(request: Request, decision: Decision, era: Era): Uint8Array {
  const text = `${DENIED_TEXT}${decision.case === undefined ? '' : ` Case ${decision.case}.`}`;
  const answer =
    request.method === 'tools/call'
      ? { jsonrpc: '2.0', id: request.id, result: deniedResult(text, era) }
      : { jsonrpc: '2.0', id: request.id, error: { code: DENIED_CODE, message: text } };
  return line(answer);
}

export const DENIED_TEXT = 'This call was denied by the security policy of its user.';

/** Outside −32768…−32000, which JSON-RPC and MCP keep for themselves. */
export const DENIED_CODE = -31403;

/** JSON-RPC's own code for a message that is not JSON. */
const PARSE_ERROR_CODE = -32700;

function deniedResult(text: string, era: Era): object {
  const result = { content: [{ type: 'text', text }], isError: true };
  return era === 'modern' ? { resultType: 'complete', ...result } : result;
}

/**
 * In `enforce`, a client's frame that cannot be read is not passed on; JSON-RPC says id null for
 * that.
 */
export function unreadableAnswer(): Uint8Array {
  return line({
    jsonrpc: '2.0',
    id: null,
    error: { code: PARSE_ERROR_CODE, message: 'The message cannot be read without doubt.' },
  });
}

const encoder = new TextEncoder();

const line = (answer: {
  readonly id: JsonRpcId | null;
  readonly [key: string]: unknown;
}): Uint8Array => encoder.encode(`${JSON.stringify(answer)}\n`);
