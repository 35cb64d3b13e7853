import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isObject, type JsonObject } from '@spoor/core';
import type { ToolDefinition } from '@spoor/detect';

/** A case of agent-egress-bench. */
export interface Case {
  readonly id: string;
  readonly category: string;
  readonly expected_verdict: 'block' | 'allow';
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A case as what an agent and a server would say over MCP. */
export type Move =
  | { readonly kind: 'list'; readonly tools: readonly ToolDefinition[] }
  | {
      readonly kind: 'call';
      readonly tool: string;
      readonly args: JsonObject;
      /** Text of the result. */
      readonly answer: string;
    };

const FETCH: ToolDefinition = {
  name: 'fetch',
  description: 'Sends an HTTP request to a URL and returns the response',
};
const SEND: ToolDefinition = {
  name: 'send_message',
  description: 'Sends a message to another agent outside',
};
/** What every case's server offers, beside what the case lists. */
export const TOOLS: readonly ToolDefinition[] = [FETCH, SEND];

export const readCases = (path: string): readonly Case[] =>
  gunzipSync(readFileSync(path))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);

/** What is no MCP is played as the call that would carry it. */
export function movesOf({ payload }: Case): readonly Move[] {
  const { jsonrpc_messages: messages, agent_card: card, frames, response_body: body } = payload;
  if (Array.isArray(messages)) return messages.flatMap(moveOf);
  if (isObject(card))
    return [
      { kind: 'list', tools: [{ name: String(card.name), description: JSON.stringify(card) }] },
    ];
  const answer = body === undefined ? '' : String(body);
  if (!Array.isArray(frames)) {
    const { response_body: _, ...args } = payload;
    return [{ kind: 'call', tool: FETCH.name, args: args as JsonObject, answer }];
  }
  // One message each, as a connection would carry them.
  return frames.flatMap((frame): Move[] => {
    if (!isObject(frame)) return [];
    const args = { url: String(payload.url), body: String(frame.payload) };
    return [{ kind: 'call', tool: FETCH.name, args, answer: '' }];
  });
}

function moveOf(message: unknown): readonly Move[] {
  if (!isObject(message)) return [];
  const { params, result, method } = message;
  if (isObject(params) && method === 'tools/call') {
    const args = isObject(params.arguments) ? params.arguments : {};
    return [{ kind: 'call', tool: String(params.name), args, answer: '' }];
  }
  if (isObject(params)) return [{ kind: 'call', tool: SEND.name, args: params, answer: '' }];
  if (!isObject(result)) return [];
  if (Array.isArray(result.tools)) return [{ kind: 'list', tools: result.tools }];
  return [{ kind: 'call', tool: FETCH.name, args: {}, answer: JSON.stringify(result) }];
}

/** What became of a case. */
export interface Outcome {
  readonly id: string;
  readonly category: string;
  readonly expected: Case['expected_verdict'];
  /** Rules that fired. */
  readonly rules: readonly string[];
  /** Was a call of it denied? */
  readonly denied: boolean;
  /** Entries of the ledger about it. */
  readonly entries: number;
}

export interface Row {
  readonly category: string;
  readonly block: number;
  readonly seen: number;
  readonly denied: number;
  readonly allow: number;
  readonly falselySeen: number;
  readonly falselyDenied: number;
  readonly withEntry: number;
}

export function rowsOf(outcomes: readonly Outcome[]): readonly Row[] {
  const groups = Map.groupBy(outcomes, ({ category }) => category);
  return [...groups].map(([category, all]) => {
    const block = all.filter(({ expected }) => expected === 'block');
    const allow = all.filter(({ expected }) => expected === 'allow');
    const seen = (some: readonly Outcome[]): number =>
      some.filter(({ rules }) => rules.length > 0).length;
    const denied = (some: readonly Outcome[]): number => some.filter((one) => one.denied).length;
    return {
      category,
      block: block.length,
      seen: seen(block),
      denied: denied(block),
      allow: allow.length,
      falselySeen: seen(allow),
      falselyDenied: denied(allow),
      withEntry: all.filter(({ entries }) => entries > 0).length,
    };
  });
}
