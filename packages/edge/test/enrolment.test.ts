import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { formatCode, parseCode, readEnrolment, writeEnrolment } from '../src/enrolment.ts';
import { type Home, locateHome, prepareHome } from '../src/home.ts';

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

const code = fc.record({
  host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
  port: fc.integer({ min: 1, max: 65_535 }),
  pin: hex(64),
  secret: hex(40),
});

const invalid = expect.objectContaining({ code: 'ENROL_CODE_INVALID' });

const errorOf = (text: string): unknown => {
  try {
    return parseCode(text);
  } catch (error) {
    return error;
  }
};

test('a code says what it was made of, with the line end that a file or terminal adds', () => {
  fc.assert(
    fc.property(code, (made) => {
      expect(parseCode(` ${formatCode(made)}\n`)).toEqual(made);
    }),
  );
});

test('a code that was cut off, or is none, is refused and not repeated', () => {
  fc.assert(
    fc.property(code, fc.integer({ min: 1, max: 60 }), fc.string(), (made, cut, text) => {
      const whole = formatCode(made);
      const short = errorOf(whole.slice(0, -cut));
      expect(short).toEqual(invalid);
      expect(String(short)).not.toContain(made.secret);
      expect(errorOf(text)).toEqual(invalid);
      expect(errorOf(`spoor-enrol-1.${text}`)).toEqual(invalid);
    }),
  );
});

test('members of a wrong kind are refused', () => {
  const right = { host: 'hub', port: 7, pin: 'a'.repeat(64), secret: 'b'.repeat(40) };
  const wrong: object[] = [
    { port: 0 },
    { port: 65_536 },
    { port: '7' },
    { host: '' },
    { host: 'h'.repeat(254) },
    { pin: 'A'.repeat(64) },
    { secret: 'b'.repeat(39) },
  ];
  expect(parseCode(formatCode(right))).toEqual(right);
  for (const part of wrong)
    expect(errorOf(formatCode({ ...right, ...part })), JSON.stringify(part)).toEqual(invalid);
});

function emptyHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-enrolment-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const home = locateHome({ SPOOR_HOME: join(folder, 'state') });
  prepareHome(home);
  return home;
}

const ENROLMENT = { host: 'hub', port: 7, pin: 'a'.repeat(64), name: 'laptop', key: 'pem' };

test('an enrolment is read as it was written, by its user alone', () => {
  const home = emptyHome();
  expect(readEnrolment(home)).toBeUndefined();
  writeEnrolment(home, ENROLMENT);
  expect(readEnrolment(home)).toEqual(ENROLMENT);
  if (process.platform !== 'win32') expect(statSync(home.enrolment).mode % 0o1000).toBe(0o600);
});

test('a damaged enrolment is no missing one', () => {
  const home = emptyHome();
  for (const text of ['', '{', '[]', 'null', JSON.stringify({ ...ENROLMENT, name: '../x' })]) {
    writeFileSync(home.enrolment, text);
    expect(() => readEnrolment(home), text).toThrow('enrolment of this machine cannot be read');
  }
});
