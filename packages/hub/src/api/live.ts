import { LIMITS, type LiveEvent } from '@spoor/core';

/** Server-sent events to browsers, with a short past for those that lost the connection. */
export class LiveStream {
  readonly #past: Past[] = [];
  readonly #listeners = new Set<(text: string) => void>();
  #pastChars = 0;
  /** Starts at the time, so that the ids of a restarted hub come after those of the one before. */
  #id: number;

  constructor(nowMs: number) {
    this.#id = nowMs;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(event: LiveEvent): void {
    const id = ++this.#id;
    const text = textOf(id, event);
    this.#keep({ id, chars: text.length, text: () => text });
    for (const listener of this.#listeners) listener(text);
  }

  /**
   * The event is written only when somebody looks on, which is seldom.
   *
   * @param charsMax More than it will have; unknown where absent.
   */
  publishLazily(charsMax: number | undefined, make: () => LiveEvent): void {
    if (charsMax === undefined || this.#listeners.size > 0) {
      this.publish(make());
      return;
    }
    const id = ++this.#id;
    this.#keep({ id, chars: charsMax + ENVELOPE_CHARS, text: () => textOf(id, make()) });
  }

  #keep(past: Past): void {
    this.#past.push(past);
    this.#pastChars += past.chars;
    while (this.#past.length > PAST_MAX || this.#pastChars > PAST_CHARS_MAX)
      this.#pastChars -= this.#past.shift()?.chars ?? 0;
  }

  /** Nothing of what was shredded is sent again. */
  forget(): void {
    this.#past.length = 0;
    this.#pastChars = 0;
  }

  /** Undefined when too many listen. The stream starts with what came after `lastId`. */
  open(lastId: number | undefined): ReadableStream<Uint8Array> | undefined {
    if (this.#listeners.size >= LIMITS.liveStreamsMax) return undefined;
    let leave: () => void = () => undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          leave = this.#attach(controller, lastId);
        },
        cancel: () => leave(),
      },
      { highWaterMark: QUEUED_BYTES_MAX, size: (chunk) => chunk.length },
    );
  }

  #attach(
    controller: ReadableStreamDefaultController<Uint8Array>,
    lastId: number | undefined,
  ): () => void {
    const leave = (): void => {
      clearInterval(beat);
      this.#listeners.delete(listener);
    };
    const listener = (text: string): void => {
      // Also null, of a stream that has failed.
      if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text));
      else {
        leave();
        // An error drops what is queued; a browser that does not read comes back and resumes.
        controller.error(new Error('the reader is too slow'));
      }
    };
    const beat = setInterval(() => listener(': beat\n\n'), BEAT_MS);
    this.#listeners.add(listener);
    const start = ['retry: 1000\n\n', ...this.#missed(lastId).map(({ text }) => text())];
    for (const text of start) if (this.#listeners.has(listener)) listener(text);
    return leave;
  }

  #missed(lastId: number | undefined): readonly Past[] {
    return lastId === undefined ? [] : this.#past.filter(({ id }) => id > lastId);
  }
}

interface Past {
  readonly id: number;
  /** At least as many as its text has. */
  readonly chars: number;
  readonly text: () => string;
}

const textOf = (id: number, event: LiveEvent): string =>
  `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

const encoder = new TextEncoder();
/** What an event has around its own text. */
const ENVELOPE_CHARS = 128;
const PAST_MAX = 2_000;
/** Less than a reader may have waiting, so that resuming alone never cuts it off. */
const PAST_CHARS_MAX = 1_048_576;
const BEAT_MS = 15_000;
const QUEUED_BYTES_MAX = 4_194_304;
