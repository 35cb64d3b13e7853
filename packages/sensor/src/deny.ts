import { type Decision, denialOf, type Era, type Request } from '@spoor/core';

/** The answer to a denied call, as a line. */
export function denial(request: Request, decision: Decision, era: Era): Uint8Array {
  return line(denialOf(request, decision, era));
}

/** JSON-RPC's own code for a message that is not JSON. */
const PARSE_ERROR_CODE = -32700;

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

const line = (answer: object): Uint8Array => encoder.encode(`${JSON.stringify(answer)}\n`);
