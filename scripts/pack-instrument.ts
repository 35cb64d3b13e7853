/**
 * Lays out `@spoor/instrument` for npm: `node scripts/pack-instrument.ts [--out FOLDER]`; the last
 * line printed is the folder, which `npm pack` and `npm publish` take.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipBytes, packInstrument } from './pack/instrument.ts';
import { ROOT } from './pack/stage.ts';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const folder = await packInstrument(resolve(values.out ?? join(ROOT, '.cache/instrument')));
console.log(`${((await gzipBytes()) / 1024).toFixed(1)} KiB without a hub, minified and gzipped`);
console.log(folder);
