import type { DefinitionWord, ToolView } from '@spoor/core';
import { useQueryClient } from '@tanstack/react-query';
import { KEYS, sayOfDefinition } from '../api/queries.ts';
import { showToast } from '../shell/toast.ts';

export type SayWord = (server: string, tool: ToolView, word: DefinitionWord) => void;

const DONE: Readonly<Record<DefinitionWord, string>> = {
  pin: 'Pinned',
  approve: 'Approved: this definition is pinned now',
  block: 'Blocked: its calls are denied in enforce',
};

/** Gives the owner's word to the hub, for the definition that was on screen. */
export function useSay(): SayWord {
  const client = useQueryClient();
  return (server, { name, pin }, word) => {
    sayOfDefinition(server, name, word, pin.digest)
      .then(() => showToast({ words: DONE[word] }))
      .catch((error: Error) => showToast({ words: `It was not taken: ${error.message}` }))
      .finally(() => void client.invalidateQueries({ queryKey: KEYS.inventory }));
  };
}
