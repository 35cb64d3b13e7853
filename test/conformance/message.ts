/** As much of a JSON-RPC message as the bridge looks at; it never validates and never drops. */
export interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const parseMessage = (line: string): Message | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

export const metaOf = (holder: unknown): Fields => {
  const meta = isFields(holder) ? holder._meta : undefined;
  return isFields(meta) ? meta : {};
};

/** The same `params` or `result` with some keys of its `_meta` replaced. */
export const withMeta = (holder: Fields, meta: Fields): Fields => ({
  ...holder,
  _meta: { ...metaOf(holder), ...meta },
});
