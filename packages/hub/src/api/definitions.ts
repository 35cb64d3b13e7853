import { CodedError, DEFINITION_WORDS, isSafeName } from '@spoor/core';
import type { Context, Hono } from 'hono';
import type { Question } from '../bus.ts';
import type { KnownTool } from '../decide/definitions.ts';
import { bodyOf } from './body.ts';
import { pinOf } from './inventory.ts';
import { saidOf } from './said.ts';

interface DefinitionRoutes {
  readonly ask: (question: Question) => Promise<unknown>;
  /** Does the request come with the token, and not with a browser's cookie? */
  readonly isCommand: (c: Context) => boolean;
}

/** The owner's word on a definition. */
export function definitionRoutes(app: Hono, { ask, isCommand }: DefinitionRoutes): void {
  app.post('/api/v1/definitions', async (c) => {
    const body = await bodyOf(c);
    const word = DEFINITION_WORDS.find((one) => one === body.word);
    if (word === undefined) throw new CodedError('BAD_REQUEST', 'word');
    const { server, tool, digest } = body;
    if (!isName(server) || !isName(tool)) throw new CodedError('BAD_REQUEST', 'server, tool');
    if (typeof digest !== 'string' || !/^[0-9a-f]{16,64}$/.test(digest))
      throw new CodedError('BAD_REQUEST', 'digest');
    const said = saidOf(body, isCommand(c));
    const next = await ask({ kind: 'definitions.say', server, tool, word, digest, ...said });
    return c.json(pinOf(next as KnownTool));
  });
}

/** A name as the hub keeps it: plain, or a digest of what was not. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && (isSafeName(value) || /^~[0-9a-f]{16}$/.test(value));
