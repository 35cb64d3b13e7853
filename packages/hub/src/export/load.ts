import { readFile } from 'node:fs/promises';
import { CodedError } from '@spoor/core';
import type { HubOptions } from '../options.ts';
import { type Destination, parseDestinations, simpleDestination } from './destinations.ts';

/** The simple form and the file together. Throws CONFIG_UNREADABLE or DESTINATIONS_INVALID. */
export async function loadDestinations({
  otlp,
  destinationsFile,
}: Pick<HubOptions, 'otlp' | 'destinationsFile'>): Promise<readonly Destination[]> {
  const simple = otlp === undefined ? [] : [simpleDestination(otlp)];
  if (destinationsFile === undefined) return simple;
  const text = await readFile(destinationsFile, 'utf8').catch((error: unknown) => {
    throw new CodedError('CONFIG_UNREADABLE', destinationsFile, error);
  });
  const named = parseDestinations(text, destinationsFile);
  if (simple.length > 0 && named.some(({ name }) => name === 'otlp'))
    throw new CodedError('DESTINATIONS_INVALID', '“otlp” is the name of `otlp.endpoint`');
  return [...simple, ...named];
}
