import type { JsonObject, Request } from './message.ts';
import type { Decision, Era } from './observation.ts';

/**
 * The answer to a denied call. Fixed text and a case id: nothing of the call, nothing of the
 * reason, since the model reads it, and through it whoever wrote what the model read.
 */
export function denialOf(request: Request, decision: Decision, era: Era): JsonObject {
  const text = `${DENIED_TEXT}${decision.case === undefined ? '' : ` Case ${decision.case}.`}`;
  return request.method === 'tools/call'
    ? { jsonrpc: '2.0', id: request.id, result: deniedResult(text, era) }
    : { jsonrpc: '2.0', id: request.id, error: { code: DENIED_CODE, message: text } };
}

export const DENIED_TEXT = 'This call was denied by the security policy of its user.';

/** Outside −32768…−32000, which JSON-RPC and MCP keep for themselves. */
export const DENIED_CODE = -31403;

function deniedResult(text: string, era: Era): object {
  const result = { content: [{ type: 'text', text }], isError: true };
  return era === 'modern' ? { resultType: 'complete', ...result } : result;
}
