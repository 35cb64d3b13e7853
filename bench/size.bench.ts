/** What programs have to load. */
import { gzipBytes } from '../scripts/pack/instrument.ts';
import type { Report } from './report.ts';

export async function size(): Promise<Report> {
  return { name: 'size', unit: 'KiB', figures: { 'instrument.gzip': (await gzipBytes()) / 1024 } };
}
