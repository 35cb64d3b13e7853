import { intentCluster } from '@spoor/core';
import { around, runAround } from './around.ts';
import { clusterKey } from './keys.ts';

/**
 * Runs `work` as what a prompt has asked for: spans of all MCP calls inside carry the prompt's
 * cluster, which like prompts share, and a hub that is joined gets the prompt to examine and seal.
 * The text stands on no span and in no message to a server.
 */
export function withIntent<Value>(prompt: string, work: () => Value): Value {
  const intent = {
    cluster: intentCluster(prompt, clusterKey()),
    told: new WeakSet<object>(),
    prompt,
  };
  return runAround({ ...around(), intent }, work);
}
