/**
 * What the loader adds to the SDKs' own files: one line at the end of each that defines the class
 * `Protocol`, which all clients and servers connect through. Each copy of an SDK has its own class.
 */
const FOLDERS =
  /[\\/]@modelcontextprotocol[\\/](?:sdk[\\/]dist[\\/](?:esm|cjs)|(?:client|server)[\\/]dist)[\\/]/;
const FILE = /[\\/]dist[\\/](?:(?:esm|cjs)[\\/]shared[\\/]protocol\.js|[^\\/]+\.[cm]js)$/;
const DEFINITION = /^(?:export )?(?:class Protocol\b|(?:var|let|const) Protocol = class\b)/m;

/** Name under which the loader's line finds us: hooks and program may have separate modules. */
export const CONNECTED = 'spoor.instrument.protocol';

const LINE = `\n;globalThis[Symbol.for(${JSON.stringify(CONNECTED)})]?.(Protocol);\n`;

/** @param url Of a module, or its path. */
export const isSdkFile = (url: string): boolean => FOLDERS.test(url) && FILE.test(url);

/** The source with our line, or as it was. */
export const withLine = (source: string): string =>
  DEFINITION.test(source) ? source + LINE : source;
