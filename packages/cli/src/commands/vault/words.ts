import type { Hold } from '@spoor/core';
import { visible } from '../../output.ts';

export const timeWords = (ms: number): string =>
  new Date(ms).toISOString().replace('T', ' ').slice(0, 16);

export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export const holdWords = ({ id, target, reason, by, sinceMs }: Hold): string =>
  visible(
    `${id}  ${whatWords(target)}: ${reason.replaceAll('_', ' ')} (${by}, ${timeWords(sinceMs)})`,
  );

function whatWords(target: Hold['target']): string {
  if (target.kind === 'session') return `session ${target.session}`;
  if (target.kind === 'person') return `person ${target.pseudonyms.join(', ')}`;
  return `${timeWords(target.fromMs)} to ${timeWords(target.toMs)}`;
}
