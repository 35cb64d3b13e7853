import { BUILT_IN } from '../../packages/hub/src/builtin.ts';
import { ATLAS } from './catalogues/atlas.ts';
import type { Catalogue, Technique } from './catalogues/catalogue.ts';
import { COSAI } from './catalogues/cosai.ts';
import { OWASP_ASI, OWASP_MCP } from './catalogues/owasp.ts';
import { SAFE_MCP } from './catalogues/safe-mcp.ts';
import { code, document, table } from './markdown.ts';
import { shippedRules } from './rules.ts';

export const CATALOGUES: readonly Catalogue[] = [OWASP_MCP, OWASP_ASI, COSAI, SAFE_MCP, ATLAS];

export interface Tagged {
  readonly id: string;
  readonly tags: readonly string[];
}

/** Every rule that can alert, from files and built in. */
export function taggedRules(): readonly Tagged[] {
  const pack = shippedRules().rules.filter(({ silent }) => silent !== true);
  const all = [...pack.map(({ ref }) => ref), ...BUILT_IN];
  // Authors write the sixth row as 6 or as 06.
  const plain = (tag: string): string => tag.replace(/^owasp-mcp\.0/, 'owasp-mcp.');
  return all
    .map(({ id, tags }) => ({ id, tags: tags.map(plain) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Ids of the rules about one row. */
export const rulesFor = (
  { tag }: Catalogue,
  { id }: Technique,
  rules: readonly Tagged[],
): readonly string[] => rules.filter(({ tags }) => tags.includes(tag(id))).map((rule) => rule.id);

/** `docs/coverage.md`. */
export function renderCoverage(): string {
  const rules = taggedRules();
  return document(
    '# Coverage',
    '',
    `What the ${rules.length} shipped rules are about, by the catalogues of others. Generated from the tags in \`rules/\` and from`,
    'the tables in `scripts/docs/catalogues/`. A rule beside a technique says that some of its forms are seen, never that all are;',
    'where there is none, it says why. [rules.md](rules.md) describes each rule, [evasions.md](evasions.md) what gets around them.',
    '',
    ...table(
      ['Catalogue', 'Rows', 'With a rule'],
      CATALOGUES.map((catalogue) => [
        `[${catalogue.title}](#${anchor(catalogue.title)})`,
        String(catalogue.rows.length),
        String(catalogue.rows.filter((row) => rulesFor(catalogue, row, rules).length > 0).length),
      ]),
    ),
    '',
    ...CATALOGUES.flatMap((catalogue) => section(catalogue, rules)),
  );
}

const section = (catalogue: Catalogue, rules: readonly Tagged[]): readonly string[] => [
  `## ${catalogue.title}`,
  '',
  `${catalogue.about} <${catalogue.url}>`,
  '',
  ...table(
    ['Id', 'Name', 'Rules'],
    catalogue.rows.map((row) => {
      const found = rulesFor(catalogue, row, rules).map(code).join(', ');
      return [row.id, row.name, found === '' ? `none: ${row.without ?? ''}` : found];
    }),
  ),
  '',
];

const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
