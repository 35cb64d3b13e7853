/** Forms of settings. Each throws an Error that says what the text is not. */

export const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

export const oneOf =
  <Value extends string>(values: readonly Value[]) =>
  (text: string): Value => {
    const found = values.find((value) => value === text.toLowerCase());
    if (found === undefined) throw new Error(`is none of ${values.join(', ')}`);
    return found;
  };

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const INTERVAL = /^(?:\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h)){1,4}$/;
const DAY_MS = 86_400_000;

/** `30s`, `1m30s`, `0`. */
export function intervalMs(text: string): number {
  if (text === '0') return 0;
  if (!INTERVAL.test(text)) throw new Error('is no interval such as 30s');
  const parts = text.matchAll(/([\d.]+)(ms|s|m|h)/g);
  const ms = [...parts].reduce(
    (sum, [, digits = '', unit = '']) => sum + Number(digits) * (UNITS_MS[unit] ?? 0),
    0,
  );
  if (ms > DAY_MS) throw new Error('is longer than a day');
  return ms;
}

export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** `localhost:8081`, `:8081` for all addresses, `[::1]:8081`. */
export function listenOf(text: string): Listen {
  const [, name = '', digits = ''] =
    /^(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{0,253}):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535) throw new Error('is no address such as localhost:8081');
  const host = name.replace(/^\[|\]$/g, '');
  return { host: host === '' ? '0.0.0.0' : host, port };
}
