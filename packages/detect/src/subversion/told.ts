import type { Observation } from '@spoor/core';
import { kindOfName, wordsOfName } from '../wording/acts.ts';
import { unpackWording } from '../wording/wording.ts';
import { isNamed } from './features.ts';
import { addPrompt, addTold, type SessionWording } from './memory.ts';

type Worded = Pick<Observation, 'kind' | 'facts' | 'tool' | 'id' | 'method'>;

/** Takes in a prompt, or the end of a call. */
export function addWording(memory: SessionWording, observation: Worded): void {
  const { kind, facts, tool, id } = observation;
  const asked = facts.request?.wording;
  if (kind === 'intent') {
    const prompt = asked === undefined ? undefined : unpackWording(asked);
    if (prompt !== undefined) addPrompt(memory, prompt);
    return;
  }
  const name = tool?.name ?? observation.method;
  const call = asked === undefined ? undefined : unpackWording(asked);
  const said = facts.result?.wording;
  addTold(memory, {
    call: id,
    tool: name,
    acted: kindOfName(wordsOfName(name)) === 'write',
    instructionLike: facts.result?.instructionLike ?? false,
    named: call !== undefined && isNamed(memory, call),
    wording: said === undefined ? undefined : unpackWording(said),
  });
}
