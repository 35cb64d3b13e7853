import { isObject, LIMITS, type Response } from '@spoor/core';
import { headerOf } from '../gateway/headers.ts';
import type { Head } from './answer.ts';

/** What a server of the legacy era has said of the session, which every request names again. */
export class LegacySession {
  #id: string | undefined;
  #version: string | undefined;

  get id(): string | undefined {
    return this.#id;
  }

  get headers(): readonly string[] {
    return [
      ...(this.#id === undefined ? [] : ['Mcp-Session-Id', this.#id]),
      ...(this.#version === undefined ? [] : ['MCP-Protocol-Version', this.#version]),
    ];
  }

  /** The head of the answer to `initialize`. */
  opened({ status, headers }: Head): void {
    const id = headerOf(headers, 'mcp-session-id');
    if (status < 300 && id !== undefined && fits(id)) this.#id = id;
  }

  /** The answer to `initialize`. */
  agreed({ result }: Response): void {
    const version = isObject(result) ? result.protocolVersion : undefined;
    if (typeof version === 'string' && fits(version)) this.#version = version;
  }
}

/** It goes into a header, and a server may have said anything. */
const fits = (text: string): boolean =>
  text.length <= LIMITS.upstreamIdCharsMax && /^[!-~]+$/.test(text);
