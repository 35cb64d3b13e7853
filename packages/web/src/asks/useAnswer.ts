import type { AskView, Page } from '@spoor/core';
import { useQueryClient } from '@tanstack/react-query';
import { answerAsk, KEYS } from '../api/queries.ts';
import { showToast } from '../shell/toast.ts';

export type AnswerCall = (ask: AskView, said: 'approve' | 'deny') => void;

/**
 * Gives a person's word to the hub, for the arguments that were on screen. It cannot be undone: the
 * call goes on at once.
 */
export function useAnswer(): AnswerCall {
  const client = useQueryClient();
  const send: (...args: Parameters<AnswerCall>) => Promise<void> = async (ask, said) => {
    const { decision } = await answerAsk(ask, said);
    client.setQueryData<Page<AskView>>(
      KEYS.asks,
      (page) => page && { ...page, rows: page.rows.filter((row) => row.case !== ask.case) },
    );
    const words = decision.action === 'allow' ? 'Approved; the call goes on' : 'Denied';
    showToast({ words: `${words} (case ${ask.case})` });
  };
  return (ask, said) => {
    send(ask, said).catch((error: Error) => {
      showToast({ words: `The answer was not taken: ${error.message}` });
      void client.invalidateQueries({ queryKey: KEYS.asks });
    });
  };
}
