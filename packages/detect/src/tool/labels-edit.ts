import { CodedError, LABELS, type Label } from '@spoor/core';
import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { parseLabels } from './labels-file.ts';

/** What is to be said of one glob of servers and tools. */
export interface LabelEdit {
  readonly server: string;
  readonly tool: string;
  /** `unset` takes the whole entry away. */
  readonly word: 'set' | 'add' | 'remove' | 'unset';
  readonly labels: readonly Label[];
}

/**
 * The owner's file with one entry changed; comments and all else stay. An entry is found by its
 * very globs. Undefined where there is nothing to take away. Throws LABELS_INVALID of a file that
 * has an error already.
 */
export function editLabels(text: string, path: string, edit: LabelEdit): string | undefined {
  parseLabels(text, path);
  const document = parseDocument(text);
  const list = listIn(document);
  const at = list.items.findIndex((item) => isMap(item) && isAbout(item, edit));
  const known = list.items[at];
  if (edit.word === 'unset') {
    if (at < 0) return undefined;
    list.items.splice(at, 1);
  } else if (isMap(known)) change(document, known, edit);
  else list.items.push(entryOf(document, edit));
  // An empty list in one line would stay in one line with what is added to it.
  list.flow = list.items.length === 0;
  const edited = document.toString({ lineWidth: 0 });
  parseLabels(edited, path);
  return edited;
}

function listIn(document: Document): YAMLSeq {
  const known = isMap(document.contents) ? document.contents.get('labels', true) : undefined;
  if (isSeq(known)) return known;
  const list = document.createNode([]) as YAMLSeq;
  if (isMap(document.contents)) document.set('labels', list);
  else document.contents = document.createNode({ labels: list });
  const added: unknown = document.get('labels', true);
  if (!isSeq(added)) throw new CodedError('INTERNAL', 'labels');
  return added;
}

const isAbout = (item: YAMLMap, { server, tool }: LabelEdit): boolean =>
  (item.get('server') ?? '*') === server && (item.get('tool') ?? '*') === tool;

function entryOf(document: Document, { server, tool, word, labels }: LabelEdit): YAMLMap {
  const entry = document.createNode({ server, tool }) as YAMLMap;
  entry.set(word, document.createNode(inOrder(labels), { flow: true }));
  return entry;
}

/** `set` replaces all that stood there; `add` and `remove` take a label from one another. */
function change(document: Document, item: YAMLMap, { word, labels }: LabelEdit): void {
  const before = (key: string): readonly Label[] => {
    const list: unknown = item.get(key);
    return isSeq(list) ? (list.toJSON() as Label[]) : [];
  };
  const write = (key: string, list: readonly Label[]): void => {
    if (list.length === 0) item.delete(key);
    else item.set(key, document.createNode(inOrder(list), { flow: true }));
  };
  if (word === 'set') {
    for (const key of ['add', 'remove']) item.delete(key);
    item.set('set', document.createNode(inOrder(labels), { flow: true }));
    return;
  }
  const other = word === 'add' ? 'remove' : 'add';
  write(word, [...before(word), ...labels]);
  write(
    other,
    before(other).filter((label) => !labels.includes(label)),
  );
}

const inOrder = (labels: readonly Label[]): readonly Label[] =>
  LABELS.filter((label) => labels.includes(label));
