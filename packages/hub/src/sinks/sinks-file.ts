import { LEVELS, LIMITS } from '@spoor/core';
import { OwnerFile } from '@spoor/detect/owner-file';
import type { YAMLMap } from 'yaml';
import { nameOf, placeOf, tlsOf, urlOf } from '../export/named.ts';
import { FORMATS } from './formats/index.ts';
import { SINK_KINDS, type SinkConfig, type SinkKind } from './sink.ts';

const KEYS = [
  'name',
  'kind',
  'url',
  'url-file',
  'secret-file',
  'path',
  'index',
  'level',
  'rules',
  'repeat',
  'ca-file',
  'certificate-file',
  'key-file',
] as const;

const INDEX = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * Reads the owner's file:
 *
 *     sinks:
 *       - name: on-call
 *         kind: pagerduty
 *         secret-file: pagerduty.key
 *         level: high
 *         rules: [pii-*, secret-*]
 *
 * Paths are relative to the file's folder. Throws SINKS_INVALID with path, line and column.
 */
export function parseSinks(text: string, path: string): readonly SinkConfig[] {
  const file = new OwnerFile(text, path, 'SINKS_INVALID');
  const node = file.root();
  if (node === undefined) return [];
  const root = file.map(node, ['sinks']);
  const items = file.list(root, 'sinks');
  if (items.length > LIMITS.sinksMax) file.fail(root, `there are at most ${LIMITS.sinksMax} sinks`);
  const names = new Set<string>();
  return items.map((item) => sinkOf(file, file.map(item, KEYS), path, names));
}

function sinkOf(file: OwnerFile, map: YAMLMap, from: string, names: Set<string>): SinkConfig {
  const kind = oneOf(file, map, 'kind', SINK_KINDS) ?? file.fail(map, '`kind` is missing');
  const name = nameOf(file, map, names);
  const secretFile = placeOf(file, map, 'secret-file', from);
  if (FORMATS[kind].needsSecret === true && secretFile === undefined)
    file.fail(map, `\`${kind}\` needs a \`secret-file\``);
  const tls = tlsOf(file, map, from);
  const index = file.text(map, 'index') ?? 'spoor-alerts';
  if (!INDEX.test(index)) file.fail(map.get('index', true), '`index` is small letters and digits');
  return {
    name,
    kind,
    ...whereOf(file, map, kind, from),
    ...(secretFile === undefined ? {} : { secretFile }),
    ...(tls === undefined ? {} : { tls }),
    index,
    level: oneOf(file, map, 'level', LEVELS) ?? 'high',
    rules: file.texts(map, 'rules') ?? [],
    repeat: isTrue(file, map, 'repeat'),
  };
}

/** Exactly one place: a URL, a file with one, or a file that lines are added to. */
function whereOf(
  file: OwnerFile,
  map: YAMLMap,
  kind: SinkKind,
  from: string,
): Pick<SinkConfig, 'url' | 'urlFile' | 'path'> {
  const path = placeOf(file, map, 'path', from);
  const urlFile = placeOf(file, map, 'url-file', from);
  const given = urlOf(file, map, 'url');
  if (path !== undefined && kind !== 'ocsf')
    file.fail(map.get('path', true), 'only `ocsf` goes to a file');
  const usual = path === undefined && urlFile === undefined ? FORMATS[kind].url : undefined;
  const url = given ?? usual;
  const places = [path, urlFile, url].filter((place) => place !== undefined);
  if (places.length !== 1)
    file.fail(map, `a sink has \`url\`, \`url-file\`${kind === 'ocsf' ? ' or `path`' : ''}, one`);
  return {
    ...(path === undefined ? {} : { path }),
    ...(urlFile === undefined ? {} : { urlFile }),
    ...(url === undefined ? {} : { url }),
  };
}

function oneOf<Word extends string>(
  file: OwnerFile,
  map: YAMLMap,
  key: string,
  words: readonly Word[],
): Word | undefined {
  const text = file.text(map, key);
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text);
  return found ?? file.fail(map.get(key, true), `\`${key}\` is ${words.join(', ')}`);
}

function isTrue(file: OwnerFile, map: YAMLMap, key: string): boolean {
  const value: unknown = map.get(key);
  if (value === undefined || typeof value === 'boolean') return value === true;
  return file.fail(map.get(key, true), `\`${key}\` is true or false`);
}
