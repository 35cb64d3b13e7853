import { type AnswerView, type AskView, CodedError, type Decision, isCaseId } from '@spoor/core';
import type { Context, Hono } from 'hono';
import type { Question } from '../bus.ts';
import type { Answer } from '../decide/asks.ts';
import { bodyOf } from './body.ts';
import { inOrder, orderOf } from './order.ts';
import { ancestorsOf } from './said.ts';

interface AskRoutes {
  readonly state: () => { readonly asks: readonly AskView[] };
  readonly ask: (question: Question) => Promise<unknown>;
  /** Does the request come with the token, and not with a browser's cookie? */
  readonly isCommand: (c: Context) => boolean;
}

/** Calls that wait for a person, and the person's word. */
export function askRoutes(app: Hono, { state, ask, isCommand }: AskRoutes): void {
  app.get('/api/v1/asks', (c) => c.json({ rows: inOrder(state().asks, orderOf(c)) }));
  app.post('/api/v1/asks/:case', async (c) => {
    const caseId = c.req.param('case');
    if (!isCaseId(caseId)) throw new CodedError('CASE_UNKNOWN');
    const { answer, digest, ancestors } = await bodyOf(c);
    if (answer !== 'approve' && answer !== 'deny') throw new CodedError('BAD_REQUEST', 'answer');
    if (typeof digest !== 'string') throw new CodedError('BAD_REQUEST', 'digest');
    const decision = (await ask({
      kind: 'answer',
      answer: {
        case: caseId,
        answer,
        digest,
        by: isCommand(c) ? 'cli' : 'ui',
        ancestors: ancestorsOf(ancestors),
      } satisfies Answer,
    })) as Decision;
    return c.json({ case: caseId, decision } satisfies AnswerView);
  });
}
