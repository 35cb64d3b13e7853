import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CodedError, type LabelsView } from '@spoor/core';
import {
  createExplainer,
  createLabeler,
  type LabelExplainer,
  type Labeler,
  type OwnerLabels,
  parseLabels,
} from '@spoor/detect';

const NONE: OwnerLabels = { overrides: [], trusted: [] };

/** What the owner says of tools; the file may be read anew while the hub runs. */
export class OwnersFile {
  readonly path: string;
  readonly #mayMiss: boolean;
  #labels: OwnerLabels = NONE;
  #digest = '';

  private constructor(path: string, mayMiss: boolean) {
    this.path = path;
    this.#mayMiss = mayMiss;
  }

  /**
   * A file that the settings name has to be there. Throws CONFIG_UNREADABLE, and LABELS_INVALID
   * with line and column.
   */
  static async open(named: string | undefined, otherwise: string): Promise<OwnersFile> {
    const file = new OwnersFile(named ?? otherwise, named === undefined);
    await file.reload();
    return file;
  }

  get labeler(): Labeler {
    return createLabeler(this.#labels.overrides, this.#labels.trusted);
  }

  get explainer(): LabelExplainer {
    return createExplainer(this.#labels);
  }

  get view(): LabelsView {
    const { overrides, trusted } = this.#labels;
    return { file: this.path, entries: overrides.length, trusted };
  }

  /** Of the file as it was read; empty where there is none. */
  get digest(): string {
    return this.#digest;
  }

  /** What held goes on to hold where the file cannot be read. */
  async reload(): Promise<void> {
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (missing && this.#mayMiss) return undefined;
      throw new CodedError('CONFIG_UNREADABLE', this.path, error);
    });
    this.#labels = text === undefined ? NONE : parseLabels(text, this.path);
    this.#digest = text === undefined ? '' : createHash('sha256').update(text).digest('hex');
  }
}
