import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What lies beside this package: in the repository one way, in an installed package another. */
const first = (...candidates: readonly string[]): string => {
  const paths = candidates.map((one) => fileURLToPath(new URL(one, import.meta.url)));
  return paths.find((path) => existsSync(path)) ?? (paths[0] as string);
};

/** This package's own folder. */
export const PACKAGE_FOLDER: string = dirname(first('../package.json'));
export const RULES_FOLDER: string = first('../../../rules', '../rules');
export const WEB_FOLDER: string = first('../../web/dist', '../web');
export const LAUNCHER: string = first('../bin/spoor.mjs');
export const EXAMPLES_FOLDER: string = first('../../../examples', '../examples');
