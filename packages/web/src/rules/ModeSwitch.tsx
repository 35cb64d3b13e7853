import type { HubView, Mode } from '@spoor/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { KEYS, setMode } from '../api/queries.ts';
import { showToast, UNDO_MS } from '../shell/toast.ts';
import { Segments } from '../ui/Controls.tsx';

const OPTIONS = [
  { value: 'observe', word: 'Observe' },
  { value: 'enforce', word: 'Enforce' },
] as const;
const WITH_ASK = [OPTIONS[0], { value: 'ask', word: 'Ask' }, OPTIONS[1]] as const;

const DONE_WORDS = {
  observe: 'Denials are only shown now',
  ask: 'Its calls wait for a person now',
  enforce: 'Denials are real now',
} as const;

export interface ModeSwitchProps {
  readonly mode: Mode | 'ask';
  /** Can its denials be questions? */
  readonly canAsk?: boolean;
  /** Absent for the hub as a whole. */
  readonly rule?: string;
}

/** Switches whether denials are real; every change can be undone at once. */
export function ModeSwitch({ mode, rule, canAsk = false }: ModeSwitchProps): ReactNode {
  const client = useQueryClient();
  const change = async (next: ModeSwitchProps['mode']): Promise<void> => {
    const policy = await setMode(next, rule);
    client.setQueryData<HubView>(KEYS.hub, (hub) => hub && { ...hub, policy });
    await client.invalidateQueries({ queryKey: KEYS.rules });
  };
  const fail = (error: Error): void =>
    showToast({ words: `The mode could not be changed: ${error.message}` });
  const choose = (next: ModeSwitchProps['mode']): void => {
    if (next === mode) return;
    const words = DONE_WORDS[next];
    change(next).then(() => showToast({ words, undo: () => void change(mode).catch(fail) }), fail);
  };
  const what = rule === undefined ? 'Mode of the hub' : 'Mode of this rule';
  return (
    <Segments
      label={`${what}; can be undone for ${UNDO_MS / 1_000} s`}
      value={mode}
      options={canAsk ? WITH_ASK : OPTIONS}
      onChange={choose}
    />
  );
}
