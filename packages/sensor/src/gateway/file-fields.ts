import { CodedError, isObject, type JsonObject, nearest } from '@spoor/core';

/** Values of a gateway's file. Each throws GATEWAY_CONFIG, naming the key. */

export function urlOf(value: unknown, at: string): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw bad(`${at} is no http(s) URL`);
  if (url.search !== '' || url.hash !== '') throw bad(`${at} has a query or fragment`);
  return url;
}

export function pathOf(path: string, at: string): string {
  const isPath = /^\/[A-Za-z0-9._~%/-]*$/.test(path) && !path.startsWith('/.well-known');
  if (!isPath) throw bad(`${at}.path is no path of a URL`);
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

export function portOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 65_535)
    throw bad('port is no port');
  return value;
}

export function known(value: unknown, at: string, names: readonly string[]): JsonObject {
  if (!isObject(value)) throw bad(`${at.slice(0, -1) || 'the file'} is no mapping`);
  const unknown = Object.keys(value).find((key) => !names.includes(key));
  if (unknown === undefined) return value;
  throw bad(`${at}${unknown}; did you mean ${nearest(unknown, names)}?`);
}

export function text(object: JsonObject, key: string, at: string): string | undefined {
  const value = object[key];
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw bad(`${at}.${key} is no text`);
}

export function texts(object: JsonObject, key: string, at: string): readonly string[] {
  const value = object[key] ?? [];
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string'))
    throw bad(`${at}${key} is no list of texts`);
  return value as string[];
}

export function choice<Value extends string>(
  object: JsonObject,
  key: string,
  at: string,
  choices: readonly Value[],
): Value | undefined {
  const value = object[key];
  if (value === undefined) return undefined;
  const found = choices.find((one) => one === value);
  if (found === undefined) throw bad(`${at}.${key} is none of ${choices.join(', ')}`);
  return found;
}

export const bad = (detail: string): CodedError => new CodedError('GATEWAY_CONFIG', detail);
