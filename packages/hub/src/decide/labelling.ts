import type { Label, LabelSource, LabelsView } from '@spoor/core';
import type { Entry } from '@spoor/ledger';
import type { Decisions } from './decisions.ts';
import { type Definitions, toolKey } from './definitions.ts';
import type { OwnersFile } from './owner-labels.ts';

export type LabelsQuestion =
  | { readonly kind: 'labels.view' }
  | { readonly kind: 'labels.tools' }
  | { readonly kind: 'labels.reload'; readonly by: string };

/** By server and tool, as `toolKey` writes them. */
export type LabelStories = Readonly<
  Record<string, { readonly labels: readonly Label[]; readonly sources: readonly LabelSource[] }>
>;

interface LabellingOptions {
  readonly labels: OwnersFile;
  readonly definitions: Definitions;
  readonly decisions: Pick<Decisions, 'relabel'>;
  readonly note: (entry: Entry) => unknown;
}

/** Says where labels come from, and takes the owner's file anew. */
export class Labelling {
  readonly #options: LabellingOptions;

  constructor(options: LabellingOptions) {
    this.#options = options;
  }

  /** Throws LABELS_INVALID or CONFIG_UNREADABLE; then what held goes on to hold. */
  async answer(question: LabelsQuestion): Promise<LabelsView | LabelStories> {
    if (question.kind === 'labels.tools') return this.#stories();
    if (question.kind === 'labels.reload') await this.#reload(question.by);
    return this.#options.labels.view;
  }

  async #reload(by: string): Promise<void> {
    const { labels, definitions, decisions, note } = this.#options;
    await labels.reload();
    definitions.use(labels.labeler);
    for (const { server, facts } of definitions.tools) decisions.relabel(server, facts.name);
    const { entries, trusted } = labels.view;
    note({
      kind: 'config.changed',
      detail: { labels: 'reload', entries, trusted: trusted.length, digest: labels.digest, by },
    });
  }

  #stories(): LabelStories {
    const { labels, definitions } = this.#options;
    const explain = labels.explainer;
    return Object.fromEntries(
      definitions.tools.map(({ server, facts }) => {
        const seen = definitions.observed.of(server, facts.name);
        return [toolKey(server, facts.name), explain(server, facts.name, facts, seen)];
      }),
    );
  }
}
