/** What files that name other people's servers have in common. */
import { dirname, isAbsolute, resolve } from 'node:path';
import type { OwnerFile } from '@spoor/detect/owner-file';
import type { TlsFiles } from '@spoor/edge';
import type { YAMLMap } from 'yaml';

/** It names a folder, and rows in health and metrics. */
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** @param taken by those before; this one joins them */
export function nameOf(file: OwnerFile, map: YAMLMap, taken: Set<string>): string {
  const name = file.text(map, 'name') ?? '';
  const place = map.get('name', true) ?? map;
  if (!NAME.test(name)) file.fail(place, 'a name has a-z, 0-9 and -, and at most 32 of them');
  if (taken.has(name)) file.fail(place, `“${name}” is taken by another one`);
  taken.add(name);
  return name;
}

/** A URL of which nothing is a secret; undefined where it is not there. */
export function urlOf(file: OwnerFile, map: YAMLMap, key: string): string | undefined {
  const text = file.text(map, key);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (isHttp && url.username === '' && url.password === '') return text;
  return file.fail(map.get(key, true), `\`${key}\` is an http or https URL without credentials`);
}

/** A path, from the folder of the file that names it. */
export function placeOf(
  file: OwnerFile,
  map: YAMLMap,
  key: string,
  from: string,
): string | undefined {
  const path = file.text(map, key);
  if (path === undefined || isAbsolute(path)) return path;
  return resolve(dirname(from), path);
}

export function tlsOf(file: OwnerFile, map: YAMLMap, from: string): TlsFiles | undefined {
  const caFile = placeOf(file, map, 'ca-file', from);
  const certificateFile = placeOf(file, map, 'certificate-file', from);
  const keyFile = placeOf(file, map, 'key-file', from);
  if ((certificateFile === undefined) !== (keyFile === undefined))
    file.fail(map, '`certificate-file` and `key-file` come together');
  if (caFile === undefined && certificateFile === undefined) return undefined;
  return {
    ...(caFile === undefined ? {} : { caFile }),
    ...(certificateFile === undefined ? {} : { certificateFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
  };
}
