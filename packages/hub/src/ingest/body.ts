import type { Readable, Transform } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { CodedError, LIMITS } from '@spoor/core';

/** Bytes that all requests together hold while they come in. */
export class Room {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Throws OTLP_BUSY where there is none left. */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.#bytesMax) throw new CodedError('OTLP_BUSY');
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** A window of 16 MiB: what may be inflated at all. */
const ZSTD_WINDOW_LOG_MAX = 24;

/**
 * Reads a body and takes off its one layer of compression, both counted while they stream. Rejects
 * with OTLP_ENCODING, OTLP_TOO_LARGE, OTLP_INVALID, OTLP_SLOW or OTLP_BUSY.
 */
export function readBody(
  request: Readable,
  encoding: string | undefined,
  room: Room,
  withinMs: number = LIMITS.ingestBodyMs,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let wireBytes = 0;
  let bytes = 0;
  const inflater = inflaterOf(encoding);
  const end = (error: unknown): void => {
    clearTimeout(late);
    request.removeAllListeners('data');
    inflater?.destroy();
    room.give(bytes);
    bytes = 0;
    if (error === undefined) resolve(Buffer.concat(chunks));
    else reject(error instanceof CodedError ? error : new CodedError('OTLP_INVALID', 'body'));
  };
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      end(error);
    }
  };
  const late = setTimeout(() => end(new CodedError('OTLP_SLOW')), withinMs);
  const keep = (chunk: Buffer): void =>
    guarded(() => {
      if (bytes + chunk.length > LIMITS.otlpInflatedBytesMax)
        throw new CodedError('OTLP_TOO_LARGE', 'inflated');
      room.take(chunk.length);
      bytes += chunk.length;
      chunks.push(chunk);
    });
  request.on('data', (chunk: Buffer) =>
    guarded(() => {
      wireBytes += chunk.length;
      if (wireBytes > LIMITS.otlpWireBytesMax) throw new CodedError('OTLP_TOO_LARGE', 'body');
      if (inflater === undefined) keep(chunk);
      else if (!inflater.write(chunk)) request.pause();
    }),
  );
  request.on('error', end);
  request.on('aborted', () => end(new CodedError('OTLP_INVALID', 'cut off')));
  request.on('end', () => (inflater === undefined ? end(undefined) : inflater.end()));
  inflater?.on('drain', () => request.resume());
  inflater?.on('data', keep);
  inflater?.on('error', () => end(new CodedError('OTLP_INVALID', 'compression')));
  inflater?.on('end', () => end(undefined));
  return promise;
}

function inflaterOf(encoding: string | undefined): Transform | undefined {
  switch (encoding?.trim().toLowerCase() ?? 'identity') {
    case 'identity':
      return undefined;
    case 'gzip':
      return createGunzip();
    case 'zstd':
      return createZstdDecompress({
        params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX },
      });
    default:
      throw new CodedError('OTLP_ENCODING', 'content-encoding');
  }
}
