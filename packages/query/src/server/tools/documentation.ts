import { LIMITS } from '@spoor/core';
import { z } from 'zod';
import type { Library } from '../../docs/library.ts';
import { type Tool, tool } from '../tool.ts';

const LIMIT = 30;
/** Texts of one answer; of further results their titles alone. */
const TEXT_CHARS_MAX = 24_000;

const result = z.object({
  uri: z.string().describe('Address to read it by'),
  title: z.string(),
  text: z.string().optional().describe('Left out of the later results'),
});

export const documentation = (library: Library): Tool =>
  tool({
    name: 'documentation',
    title: 'Search documentation',
    description:
      'Searches the documentation of Spoor, and what else its owner has added, by keywords. The best sections come first.',
    permission: 'documentation',
    input: z.object({
      query: z.string().min(1).max(1_000).describe('Keywords, or a question'),
      limit: z
        .int()
        .min(0)
        .max(LIMITS.docResultsMax)
        .default(LIMIT)
        .describe(`Results at most, default ${LIMIT}`),
    }),
    output: z.object({ results: z.array(result) }),
    run: async ({ query, limit }) => {
      const found = await library.search(query, limit === 0 ? LIMIT : limit);
      let left = TEXT_CHARS_MAX;
      const results = found.map(({ uri, title, text }): z.infer<typeof result> => {
        left -= text.length;
        return { uri, title, ...(left >= 0 ? { text } : {}) };
      });
      const told = results.map(({ uri, title, text = '' }) => `## ${title}\n${uri}\n\n${text}`);
      return { text: told.join('\n').trimEnd() || 'Nothing was found.', data: { results } };
    },
  });
