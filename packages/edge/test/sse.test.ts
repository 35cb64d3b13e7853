import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventSplitter, type ServerEvent } from '../src/sse.ts';

const line = fc.constantFrom(
  'data: {"a":1}',
  'data:x',
  'data',
  ': keep-alive',
  'event: message',
  'event:endpoint',
  'id: 7',
  'id: a\0b',
  'id',
  'retry: 3',
  'retry: soon',
  '\ufeffdata: y',
  '',
);
const ending = fc.constantFrom('\n', '\r\n', '\r');
const stream = fc
  .array(fc.tuple(line, ending), { maxLength: 30 })
  .map((lines) => lines.map(([text, end]) => text + end).join(''));

function resumption(field: string, value: string): Pick<ServerEvent, 'id' | 'retryMs'> {
  if (field === 'id' && !value.includes('\0')) return { id: value };
  return field === 'retry' && /^\d+$/.test(value) ? { retryMs: Number(value) } : {};
}

/** The standard's own algorithm, on the whole text. */
function oracle(text: string): ServerEvent[] {
  const events: ServerEvent[] = [];
  let data: string[] = [];
  let name = '';
  let rest: Pick<ServerEvent, 'id' | 'retryMs'> = {};
  const lines = text.split(/\r\n|\n|\r/);
  lines.pop();
  for (const one of lines) {
    if (one === '') {
      if (data.length > 0) events.push({ name, data: data.join('\n'), ...rest });
      data = [];
      name = '';
      rest = {};
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(one) ?? [];
    if (field === 'data') data.push(value);
    if (field === 'event') name = value;
    rest = { ...rest, ...resumption(field, value) };
  }
  return events;
}

function split(text: string, cuts: readonly number[], bytesMax?: number) {
  const bytes = Buffer.from(text);
  const splitter = new EventSplitter(bytesMax);
  const pieces = [];
  let from = 0;
  for (const cut of [
    ...cuts.filter((one) => one < bytes.length).sort((a, b) => a - b),
    bytes.length,
  ]) {
    pieces.push(...splitter.push(bytes.subarray(from, cut)));
    from = cut;
  }
  const tail = splitter.end();
  const all = Buffer.concat([...pieces.map((piece) => piece.bytes), tail]).toString();
  return { all, events: pieces.flatMap(({ event }) => (event?.data === undefined ? [] : [event])) };
}

describe('events', () => {
  test('are found as the standard finds them, and no byte is lost, however the stream is cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(300)), (text, cuts) => {
        // A byte order mark counts only at the start; elsewhere it makes another field.
        const plain = text.replaceAll('\ufeff', '');
        const { all, events } = split(plain, cuts);
        expect(all).toBe(plain);
        expect(events).toEqual(oracle(plain));
      }),
      { numRuns: 500 },
    );
  });

  test('keep their bytes also where they are no events at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200)), (bytes, cuts) => {
        const splitter = new EventSplitter(64);
        const pieces: Uint8Array[] = [];
        let from = 0;
        for (const cut of [
          ...cuts.filter((c) => c < bytes.length).sort((a, b) => a - b),
          bytes.length,
        ]) {
          pieces.push(...splitter.push(bytes.subarray(from, cut)).map((piece) => piece.bytes));
          from = cut;
          expect(splitter.heldBytes).toBeLessThanOrEqual(64);
        }
        pieces.push(splitter.end());
        expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('over the limit go by in parts, and the next one is read again', () => {
    const { all, events } = split(`data: ${'x'.repeat(100)}\n\ndata: y\n\n`, [], 20);
    expect(all).toHaveLength(117);
    expect(events).toEqual([{ name: '', data: 'y' }]);
  });
});
