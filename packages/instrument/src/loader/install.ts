import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { isSdkFile, withLine } from './source.ts';

interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | Uint8Array | null | undefined;
}

type NextLoad = (url: string, context: unknown) => Loaded;

/**
 * Hooks into both of Node's loaders. Node 22.15 and later run hooks in this thread for `import` and
 * `require` alike; before that, `import` has hooks in a thread of their own, and `require` none.
 */
export function installHooks(): void {
  const { registerHooks, register } = nodeModule as unknown as {
    readonly registerHooks?: (hooks: { readonly load: unknown }) => void;
    readonly register?: (specifier: string | URL, parent: string | URL) => void;
  };
  if (registerHooks !== undefined) {
    registerHooks({ load });
    return;
  }
  register?.(new URL('./hooks.mjs', import.meta.url), import.meta.url);
  hookRequire();
}

function load(url: string, context: unknown, next: NextLoad): Loaded {
  const loaded = next(url, context);
  return isSdkFile(url) ? { ...loaded, source: changed(url, loaded) } : loaded;
}

const decoder = new TextDecoder();

function changed(url: string, { source }: Loaded): NonNullable<Loaded['source']> {
  if (typeof source === 'string') return withLine(source);
  // A CommonJS module that is imported comes without its text.
  return withLine(
    source == null ? readFileSync(fileURLToPath(url), 'utf8') : decoder.decode(source),
  );
}

/** How `require` compiles: the one place that all its forms pass, for Node without hooks for it. */
function hookRequire(): void {
  const { prototype } = nodeModule.Module as unknown as {
    readonly prototype: { _compile: (source: string, path: string, ...rest: unknown[]) => unknown };
  };
  const compile = prototype._compile;
  prototype._compile = function _compile(source, path, ...rest) {
    return compile.call(this, isSdkFile(path) ? withLine(source) : source, path, ...rest);
  };
}
