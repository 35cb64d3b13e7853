import type { IncomingMessage } from 'node:http';
import { type ErrorCode, LIMITS } from '@spoor/core';

export type Body =
  | { readonly status: 'read'; readonly bytes: Buffer }
  | { readonly status: 'refused'; readonly code: ErrorCode }
  | { readonly status: 'gone' };

const EMPTY = Buffer.alloc(0);

/** Reads request bodies whole, within a limit for each and one for all together. */
export class Bodies {
  #held = 0;

  /** What it read counts as held until `release`. */
  read(request: IncomingMessage): Promise<Body> | Body {
    const { headers } = request;
    const declared = Number(headers['content-length'] ?? 0);
    if (declared === 0 && headers['transfer-encoding'] === undefined)
      return { status: 'read', bytes: EMPTY };
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
      return { status: 'refused', code: 'GATEWAY_ENCODING' };
    if (declared > LIMITS.gatewayBodyBytesMax)
      return { status: 'refused', code: 'GATEWAY_BODY_TOO_LARGE' };
    return new Promise((resolve) => this.#collect(request, resolve));
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }

  #collect(request: IncomingMessage, resolve: (body: Body) => void): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let settled = false;
    const settle = (body: Body): void => {
      if (settled) return;
      settled = true;
      if (body.status !== 'read') this.release(bytes);
      resolve(body);
    };
    const onData = (chunk: Buffer): void => {
      if (settled) return;
      chunks.push(chunk);
      bytes += chunk.length;
      this.#held += chunk.length;
      if (bytes > LIMITS.gatewayBodyBytesMax)
        settle({ status: 'refused', code: 'GATEWAY_BODY_TOO_LARGE' });
      else if (this.#held > LIMITS.gatewayBufferBytesMax)
        settle({ status: 'refused', code: 'GATEWAY_BUSY' });
    };
    const onEnd = (): void => {
      const [first = EMPTY] = chunks;
      settle({ status: 'read', bytes: chunks.length <= 1 ? first : Buffer.concat(chunks, bytes) });
    };
    const onGone = (): void => settle({ status: 'gone' });
    request.on('data', onData).on('end', onEnd).on('close', onGone);
  }
}
