import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What lies in this package once it is packed, and beside it in the repository. */
const first = (...candidates: readonly string[]): string => {
  const paths = candidates.map((one) => fileURLToPath(new URL(one, import.meta.url)));
  return paths.find((path) => existsSync(path)) ?? (paths.at(-1) as string);
};

/** This package's own folder. */
export const PACKAGE_FOLDER: string = dirname(first('../package.json'));
export const RULES_FOLDER: string = first('../rules', '../../../rules');
export const DOCS_FOLDER: string = first('../docs', '../../../docs');
export const WEB_FOLDER: string = first('../web', '../../web/dist');
export const LAUNCHER: string = first('../bin/spoor.mjs');
export const EXAMPLES_FOLDER: string = first('../../../examples');
