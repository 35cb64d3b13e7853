import MiniSearch from 'minisearch';
import { collect } from './collect.ts';
import { type Section, sectionsOf } from './sections.ts';

/** A section, or a whole document, with the address that it is read by. */
export interface DocPart {
  readonly uri: string;
  readonly title: string;
  readonly text: string;
}

export interface Found extends DocPart {
  readonly score: number;
}

interface Shelf {
  readonly parts: ReadonlyMap<string, DocPart>;
  readonly documents: ReadonlyMap<string, DocPart>;
  readonly index: MiniSearch;
}

/** A question has few words; more of them are noise and take time. */
const QUERY_WORDS_MAX = 32;

/** Documents of some folders, read and indexed when somebody first asks. */
export class Library {
  readonly #folders: readonly { readonly name?: string; readonly folder: string }[];
  #shelf: Promise<Shelf> | undefined;

  constructor(folders: readonly { readonly name?: string; readonly folder: string }[]) {
    this.#folders = folders;
  }

  /** Best first (BM25); none where nothing fits. */
  async search(query: string, limit: number): Promise<readonly Found[]> {
    const { parts, index } = await this.#loaded();
    const words = query.split(/\s+/).slice(0, QUERY_WORDS_MAX).join(' ');
    return index
      .search(words)
      .slice(0, limit)
      .flatMap(({ id, score }) => {
        const part = parts.get(String(id));
        return part === undefined ? [] : [{ ...part, score }];
      });
  }

  /** A section by its number, or a whole document. */
  async get(uri: string): Promise<DocPart | undefined> {
    const { parts, documents } = await this.#loaded();
    return documents.get(uri) ?? parts.get(uri);
  }

  async list(): Promise<readonly DocPart[]> {
    return [...(await this.#loaded()).documents.values()];
  }

  #loaded(): Promise<Shelf> {
    this.#shelf ??= this.#load();
    return this.#shelf;
  }

  async #load(): Promise<Shelf> {
    const parts = new Map<string, DocPart>();
    const documents = new Map<string, DocPart>();
    for (const { name, folder } of this.#folders) {
      const found = await collect(folder);
      const label = labelFor(name ?? found.name, documents);
      for (const { path, text } of found.docs) {
        const uri = `docs://${label}/${path.replaceAll(' ', '%20')}`;
        const sections = sectionsOf(text);
        documents.set(uri, documentOf(uri, path, sections));
        for (const [at, { title, text: part }] of sections.entries())
          parts.set(`${uri}#${at}`, { uri: `${uri}#${at}`, title: title || path, text: part });
      }
    }
    return { parts, documents, index: indexOf(parts) };
  }
}

/** Two folders of one name are still two. */
function labelFor(name: string, documents: ReadonlyMap<string, DocPart>): string {
  const isTaken = (label: string): boolean =>
    [...documents.keys()].some((uri) => uri.startsWith(`docs://${label}/`));
  let label = name;
  for (let at = 2; isTaken(label); at++) label = `${name}-${at}`;
  return label;
}

const documentOf = (uri: string, path: string, sections: readonly Section[]): DocPart => ({
  uri,
  title: sections[0]?.title || path,
  text: sections.map(({ text }) => text).join('\n\n'),
});

function indexOf(parts: ReadonlyMap<string, DocPart>): MiniSearch {
  const index = new MiniSearch({
    idField: 'uri',
    fields: ['title', 'text'],
    searchOptions: { boost: { title: 3 }, prefix: (word) => word.length > 3 },
  });
  index.addAll([...parts.values()]);
  return index;
}
