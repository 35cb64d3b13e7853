import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Canaries } from './canary.ts';

/** A home and a working folder for one scan, with nothing of the user's in them. */
export class Workspace {
  readonly root: string = mkdtempSync(join(tmpdir(), 'spoor-scan-'));
  readonly home: string = join(this.root, 'home');
  readonly files: string = join(this.root, 'files');
  readonly #canaries: Canaries;

  constructor(canaries: Canaries) {
    this.#canaries = canaries;
    mkdirSync(this.home);
    mkdirSync(this.files);
  }

  /** A file to be read, with a canary in it; a folder where the argument asks for one. */
  file(token: string, origin: string): string {
    const path = join(this.files, token);
    if (/dir|folder/i.test(origin.split(' ').at(-1) ?? '')) {
      mkdirSync(path, { recursive: true });
      return path;
    }
    const { value } = this.#canaries.mint(
      'file-content',
      `content of the file for ${origin}`,
      (content) => `The content of this file is ${content}.\n`,
    );
    writeFileSync(`${path}.txt`, value);
    return `${path}.txt`;
  }

  socket(name: string): string {
    return join(this.root, `${name}.sock`);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** How paths in evidence are shown, since they differ each time. */
  get shown(): readonly (readonly [text: string, instead: string])[] {
    return [
      [this.root, '{scan}'],
      [basename(this.root), '{scan}'],
    ];
  }
}
