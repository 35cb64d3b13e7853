import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asciiJson } from '../src/ascii.ts';
import { encodeWire, WireDecoder } from '../src/codec.ts';

const unit = fc.oneof(fc.string(), fc.string({ unit: 'binary' }));
/** Half of a pair alone, too: JSON can write it and UTF-8 cannot. */
const lone = fc.constantFrom('\ud800', 'x\udfff', '‹…›', '\u007f\u0080');
const json = fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), unit, lone, fc.array(lone));

test('is the same value in ASCII alone', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = asciiJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text).toMatch(/^[\0-\x7f]*$/);
    }),
  );
});

test('comes over the wire as it was', () => {
  fc.assert(
    fc.property(json, fc.uint8Array(), (value, bytes) => {
      const [message] = new WireDecoder().push(encodeWire(value, [bytes]));
      expect(message?.json).toEqual(JSON.parse(JSON.stringify(value)));
      expect([...(message?.bytes ?? [])]).toEqual([...bytes]);
    }),
  );
});
