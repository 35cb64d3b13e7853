import { isObject, PROTOCOL_VERSION_META_KEY } from '@spoor/core';
import type { Era } from '../evidence.ts';
import { HttpLink } from './http.ts';
import type { Answer, Link, RequestOptions } from './link.ts';

export const LEGACY = '2025-11-25';
export const MODERN = '2026-07-28';

const CLIENT = { name: 'spoor-scan', version: '0.1.0' } as const;

/** A connection in one era of the protocol: what every request needs is added here. */
export class Conversation {
  readonly link: Link;
  readonly era: Era;
  #protocol = '';
  #server: { readonly name?: string; readonly version?: string } = {};

  constructor(link: Link, era: Era) {
    this.link = link;
    this.era = era;
  }

  /** What the server has said of itself. */
  get server(): { readonly name?: string; readonly version?: string; readonly protocol: string } {
    return { ...this.#server, protocol: this.#protocol };
  }

  /** Resolves with false where the server does not speak this era. */
  async open(timeoutMs: number): Promise<boolean> {
    return this.era === 'legacy' ? this.#initialize(timeoutMs) : this.#discover(timeoutMs);
  }

  request(method: string, params: object, options: RequestOptions = {}): Promise<Answer> {
    if (this.era === 'legacy') return this.link.request(method, params, options);
    const { _meta, ...rest } = params as { readonly _meta?: object };
    const whole = { ...rest, _meta: { ...modernMeta(), ..._meta } };
    const headers = { ...this.#mirror(method, params), ...options.headers };
    return this.link.request(method, whole, { ...options, headers });
  }

  async #initialize(timeoutMs: number): Promise<boolean> {
    const params = { protocolVersion: LEGACY, capabilities: {}, clientInfo: CLIENT };
    const answer = await this.link.request('initialize', params, { timeoutMs });
    if (answer.status !== 'result' || !isObject(answer.result)) return false;
    const { protocolVersion, serverInfo } = answer.result;
    this.#know(serverInfo, protocolVersion);
    await this.link.notify('notifications/initialized', {});
    return true;
  }

  async #discover(timeoutMs: number): Promise<boolean> {
    if (this.link instanceof HttpLink) this.link.version = MODERN;
    const answer = await this.request('server/discover', {}, { timeoutMs });
    if (answer.status !== 'result' || !isObject(answer.result)) return false;
    const { supportedVersions, serverInfo, _meta } = answer.result;
    if (!Array.isArray(supportedVersions) || !supportedVersions.includes(MODERN)) return false;
    const named = isObject(_meta) ? _meta['io.modelcontextprotocol/serverInfo'] : undefined;
    this.#know(serverInfo ?? named, MODERN);
    return true;
  }

  #know(serverInfo: unknown, protocol: unknown): void {
    const { name, version } = isObject(serverInfo) ? serverInfo : {};
    this.#server = {
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof version === 'string' ? { version } : {}),
    };
    this.#protocol = typeof protocol === 'string' ? protocol : '';
    if (this.link instanceof HttpLink) this.link.version = this.#protocol;
  }

  #mirror(method: string, params: object): Record<string, string> {
    if (this.link.kind === 'stdio') return {};
    const { name, uri } = params as { readonly name?: unknown; readonly uri?: unknown };
    const named = method === 'resources/read' ? uri : name;
    return {
      'mcp-method': method,
      ...(typeof named === 'string' ? { 'mcp-name': headerText(named) } : {}),
    };
  }
}

const headerText = (text: string): string =>
  /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text)
    ? text
    : `=?base64?${Buffer.from(text).toString('base64')}?=`;

export const modernMeta = (): Record<string, unknown> => ({
  [PROTOCOL_VERSION_META_KEY]: MODERN,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': CLIENT,
});
