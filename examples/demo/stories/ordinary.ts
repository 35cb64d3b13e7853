import { join } from 'node:path';
import { type Story, step } from '../story.ts';

const NOTES = `# Planning, Tuesday
- Ina: order the new signs for the harbour office, 12 pieces
- Tomas: check the lift in house B, 30 minutes
- Ina: call the printer about the leaflets
`;

const SUMMARY = `# Summary
Ina has two tasks (signs, leaflets), Tomas has one (lift in house B).
`;

/** A working day: files, notes in memory, a sum. Nothing in it should be remarked on. */
export const ordinary: Story = {
  name: 'ordinary',
  prompt:
    'Read notes.md, write a short summary of the open tasks to summary.md, and remember who ' +
    'has which task.',
  files: { 'notes.md': NOTES, 'plan.md': '# Plan\nThe harbour office opens in May.\n' },
  servers: ['filesystem', 'memory', 'everything'],
  steps: [
    step('filesystem', 'list_directory', ({ folder }) => ({ path: folder })),
    step('filesystem', 'read_text_file', ({ folder }) => ({ path: join(folder, 'notes.md') })),
    step('everything', 'get-sum', () => ({ a: 12, b: 30 })),
    step('filesystem', 'write_file', ({ folder }) => ({
      path: join(folder, 'summary.md'),
      content: SUMMARY,
    })),
    step('memory', 'create_entities', () => ({
      entities: [
        { name: 'Ina', entityType: 'colleague', observations: ['orders the signs'] },
        { name: 'Tomas', entityType: 'colleague', observations: ['checks the lift'] },
      ],
    })),
    step('memory', 'create_relations', () => ({
      relations: [{ from: 'Ina', to: 'Tomas', relationType: 'works with' }],
    })),
    step('memory', 'search_nodes', () => ({ query: 'lift' })),
    step('everything', 'echo', () => ({ message: 'The summary is written.' })),
  ],
};
