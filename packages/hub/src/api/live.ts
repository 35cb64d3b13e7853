import { LIMITS, type LiveEvent } from '@spoor/core';

/** Server-sent events to browsers, with a short past for those that lost the connection. */
export class LiveStream {
  readonly #past: { readonly id: number; readonly text: string }[] = [];
  readonly #listeners = new Set<(text: string) => void>();
  #id = 0;

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(event: LiveEvent): void {
    const id = ++this.#id;
    const text = `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    this.#past.push({ id, text });
    if (this.#past.length > PAST_MAX) this.#past.shift();
    for (const listener of this.#listeners) listener(text);
  }

  /** Undefined when too many listen. The stream starts with what came after `lastId`. */
  open(lastId: number | undefined): ReadableStream<Uint8Array> | undefined {
    if (this.#listeners.size >= LIMITS.liveStreamsMax) return undefined;
    let listener: (text: string) => void;
    let beat: NodeJS.Timeout;
    const leave = (): void => {
      clearInterval(beat);
      this.#listeners.delete(listener);
    };
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          listener = (text) => {
            // A browser that does not read is let go; it comes back and resumes.
            if ((controller.desiredSize ?? 0) < 0) {
              leave();
              controller.close();
            } else controller.enqueue(encoder.encode(text));
          };
          listener('retry: 1000\n\n');
          for (const { text } of this.#missed(lastId)) listener(text);
          this.#listeners.add(listener);
          beat = setInterval(() => listener(': beat\n\n'), BEAT_MS);
        },
        cancel: leave,
      },
      { highWaterMark: QUEUED_BYTES_MAX, size: (chunk) => chunk.length },
    );
  }

  #missed(lastId: number | undefined): readonly { readonly text: string }[] {
    return lastId === undefined ? [] : this.#past.filter(({ id }) => id > lastId);
  }
}

const encoder = new TextEncoder();
const PAST_MAX = 2_000;
const BEAT_MS = 15_000;
const QUEUED_BYTES_MAX = 4_194_304;
