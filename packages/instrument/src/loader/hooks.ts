import { isSdkFile, withLine } from './source.ts';

/** Hooks for Node before 22.15, which run in a thread of their own. */

interface Loaded {
  readonly format?: string | null;
  readonly source?: string | ArrayBuffer | Uint8Array | null;
}

const decoder = new TextDecoder();

export async function load(
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await next(url, context);
  const { source } = loaded;
  // A CommonJS module comes without its text, and `require` has its own hook.
  if (!isSdkFile(url) || source == null) return loaded;
  return {
    ...loaded,
    source: withLine(typeof source === 'string' ? source : decoder.decode(source)),
  };
}
