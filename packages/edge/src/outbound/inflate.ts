import { pipeline, type Readable } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import { OutboundError } from './failure.ts';

const INFLATERS: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** What is asked for. The others come unasked from servers that do not look. */
export const ACCEPTED_ENCODING = 'gzip';

/**
 * The body as it was before its server compressed it; its reader counts and stops.
 *
 * @throws OutboundError `encoding` where there are several layers, or one that nobody knows
 */
export function inflated(body: Readable, encoding: string): AsyncIterable<Uint8Array> {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity') return body;
  const inflater = Object.hasOwn(INFLATERS, name) ? INFLATERS[name] : undefined;
  if (inflater === undefined) {
    // Nobody reads it, so nobody else would hear that it was broken off.
    body.once('error', () => undefined).destroy();
    throw new OutboundError('encoding', 'content-encoding');
  }
  // A failure of either end ends the other, and is thrown where the result is read.
  return pipeline(body, inflater(), () => {}) as unknown as AsyncIterable<Uint8Array>;
}

/** @throws OutboundError `too-large` once there is a byte more, and hangs up then */
export async function readUpTo(
  body: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new OutboundError('too-large', 'answer too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
