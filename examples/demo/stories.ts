import { chain } from './stories/chain.ts';
import { ordinary } from './stories/ordinary.ts';
import { secret, secretAsked } from './stories/secret.ts';
import type { Story } from './story.ts';

/** In the order in which the demo plays them. */
export const STORIES: readonly Story[] = [ordinary, chain, secret, secretAsked];

export const storyNamed = (name: string): Story | undefined =>
  STORIES.find((story) => story.name === name);
