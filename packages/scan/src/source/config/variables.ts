import type { Variable } from './environment.ts';
import type { Branch } from './tree.ts';
import { entriesOf } from './tree.ts';

const NAME = /^[A-Z][A-Z\d_]*$/;
const ASSIGNED =
  /(?:^|[\s;&"'])(?:export\s+)?([A-Z][A-Z\d_]+)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"';&]*)/g;

const bare = (value: string): string => value.trim().replace(/^(['"])(.*)\1$/s, '$2');

/** Of a file of variables: `NAME=value`, one on each line. */
export const ofLines = (text: string): readonly Variable[] =>
  text.split('\n').flatMap((line, index) => {
    const [, name, value] = /^\s*(?:export\s+)?([A-Z][A-Z\d_]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined || value === undefined
      ? []
      : [{ name, value: bare(value.replace(/\s+#.*$/, '')), line: index + 1 }];
  });

/** Of a shell command or a Dockerfile: `NAME=value command`, `ENV NAME value`. */
export const ofCommands = (text: string): readonly Variable[] =>
  text.split('\n').flatMap((line, index) => {
    if (/^\s*#/.test(line)) return [];
    const old = /^\s*ENV\s+([A-Z][A-Z\d_]*)\s+([^=].*)$/.exec(line);
    if (old !== null) return [{ name: old[1] ?? '', value: bare(old[2] ?? ''), line: index + 1 }];
    const unescaped = line.replaceAll('\\"', '"');
    return [...unescaped.matchAll(ASSIGNED)].map(([, name = '', value = '']) => ({
      name,
      value: bare(value),
      line: index + 1,
    }));
  });

/** Of YAML that starts programs: `environment:` and `env:`, as a map or as a list. */
export function ofTree(branch: Branch): readonly Variable[] {
  const found: Variable[] = [];
  for (const [name, field] of entriesOf(branch)) {
    if (NAME.test(name) && field.text !== undefined)
      found.push({ name, value: field.text, line: field.line });
    found.push(...ofTree(field));
  }
  for (const item of branch.items ?? []) found.push(...ofItem(item));
  return found;
}

function ofItem(item: Branch): readonly Variable[] {
  const [, name, value] = /^([A-Z][A-Z\d_]*)=(.*)$/s.exec(item.text ?? '') ?? [];
  if (name !== undefined && value !== undefined) return [{ name, value, line: item.line }];
  const named = item.fields?.get('name')?.text;
  const given = item.fields?.get('value')?.text;
  const own = named !== undefined && NAME.test(named) && given !== undefined;
  return own ? [{ name: named, value: given, line: item.line }] : ofTree(item);
}
