import { DAY_MS } from '@spoor/core';

/** Numbers and times as people read them. All are pure; the clock is an argument. */

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB'] as const;

/** Three significant digits: `214 B`, `8.2 KB`, `1.31 MB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < BYTE_UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${significant(value)} ${BYTE_UNITS[unit] ?? ''}`;
}

/** `0.42 ms`, `38 ms`, `1.2 s`, `3 min 20 s`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${significant(ms)} ms`;
  if (ms < 60_000) return `${significant(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

const significant = (value: number): string =>
  String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));

const AGES = [
  [DAY_MS, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;

/** `12 s ago`; a clock that is a little ahead reads `now`. */
export function agoText(thenMs: number, nowMs: number): string {
  const age = nowMs - thenMs;
  if (age < 2_000) return 'now';
  for (const [unitMs, unit] of AGES) {
    if (age >= unitMs) return `${Math.floor(age / unitMs)} ${unit} ago`;
  }
  return `${Math.floor(age / 1_000)} s ago`;
}

const pad = (value: number, width: number = 2): string => String(value).padStart(width, '0');

/** `14:02:11` in local time. */
export function clockText(ms: number): string {
  const time = new Date(ms);
  return `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
}

/** `2026-11-20 14:02:11.042` in local time, with its offset from UTC. */
export function dateTimeText(ms: number): string {
  const time = new Date(ms);
  const day = `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
  const offset = -time.getTimezoneOffset();
  const sign = offset < 0 ? '−' : '+';
  const zone = `${sign}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  return `${day} ${clockText(ms)}.${pad(time.getMilliseconds(), 3)} UTC${zone}`;
}

/** `1 call`, `4 calls`, `1,204 entries`. */
export function countText(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** The end of a UUIDv7 is its random part; its start is only the time. */
export const shortId = (id: string): string => id.slice(-8);

/** `a, b and c`. */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
