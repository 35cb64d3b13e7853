import { LIMITS } from '@spoor/core';

export interface Section {
  /** Headings that it stands under, the document's own first. */
  readonly title: string;
  readonly text: string;
}

const HEADING = /^(#{1,6}) +(.+?) *#*$/;
const FENCE = /^ {0,3}(?:`{3,}|~{3,})/;
const FRONT_MATTER = /^---\r?\n(?:.*\r?\n)*?---\r?\n/;
/** Headings of this depth begin a section of their own. */
const DEPTH_MAX = 3;

/** What of a text a screen or a model would see though a person does not. */
const HIDDEN = /[\p{Cf}\u{e0000}-\u{e0fff}]|[^\P{Cc}\n\t]/gu;

/** A document in parts that are short enough to read, each under its headings. */
export function sectionsOf(document: string): readonly Section[] {
  const lines = document.replace(/\r\n/g, '\n').replace(FRONT_MATTER, '').replace(HIDDEN, '');
  const sections: Section[] = [];
  const trail: string[] = [];
  let held: string[] = [];
  let fenced = false;
  const close = (): void => {
    const text = held.join('\n').trim();
    held = [];
    if (text === '') return;
    for (const part of cutUp(text)) sections.push({ title: trail.join(' / '), text: part });
  };
  for (const line of lines.split('\n')) {
    if (FENCE.test(line)) fenced = !fenced;
    const [, marks = '', title = ''] = (fenced ? undefined : HEADING.exec(line)) ?? [];
    if (marks !== '' && marks.length <= DEPTH_MAX) {
      close();
      trail.splice(marks.length - 1);
      trail.push(title);
    }
    held.push(line);
  }
  close();
  return sections;
}

/** At line ends, where there are any. */
function cutUp(text: string): readonly string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > LIMITS.docSectionCharsMax) {
    const at = rest.lastIndexOf('\n', LIMITS.docSectionCharsMax);
    const end = at > 0 ? at : LIMITS.docSectionCharsMax;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...parts, rest];
}
