/** What the server writes of itself: which tool, who, how it ended. Never what was said. */
export interface Log {
  debug(event: string, fields: LogFields): void;
  info(event: string, fields: LogFields): void;
  warn(event: string, fields: LogFields): void;
  error(event: string, fields: LogFields): void;
}

/** Names and numbers of our own: no argument, no result, no path, no header has a field here. */
export interface LogFields {
  readonly tool?: string;
  readonly caller?: string;
  readonly outcome?: string;
  readonly ms?: number;
  readonly code?: string;
  readonly count?: number;
  readonly transport?: string;
  readonly port?: number;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = 'text' | 'json';

/** What may stand in a field, whatever somebody puts there. */
const FIELDS: Readonly<Record<keyof LogFields, RegExp>> = {
  tool: /^[a-z_]{1,32}$/,
  caller: /^[a-z0-9-]{1,64}$/,
  outcome: /^[A-Z_]{1,64}$/,
  code: /^[A-Z_]{1,64}$/,
  transport: /^[a-z]{1,16}$/,
  ms: /^\d{1,12}(\.\d{1,6})?$/,
  count: /^\d{1,15}$/,
  port: /^\d{1,5}$/,
};

export function createLog(
  format: LogFormat,
  least: LogLevel,
  write: (line: string) => void,
  now: () => Date,
): Log {
  const at = (level: LogLevel) => (event: string, fields: LogFields) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    const shown = Object.entries(fields).map(([key, value]): [string, string | number] => {
      const form = FIELDS[key as keyof LogFields];
      return [key, form?.test(String(value)) === true ? value : '[redacted]'];
    });
    const time = now().toISOString();
    write(
      format === 'json'
        ? JSON.stringify({ time, level, event, ...Object.fromEntries(shown) })
        : [time, level, event, ...shown.map(([key, value]) => `${key}=${value}`)].join(' '),
    );
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
