import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../src/limits.ts';
import {
  formatTraceparent,
  parseTraceparent,
  sampledFlag,
  validTracestate,
} from '../src/tracecontext.ts';
import { hasVectors, readJsonVector } from './vectors.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

describe('parseTraceparent', () => {
  it('reads trace and parent, and keeps no flags', () => {
    for (const flags of ['00', '01', 'ff']) {
      expect(parseTraceparent(`00-${TRACE}-${PARENT}-${flags}`)).toEqual({
        trace: TRACE,
        parent: PARENT,
      });
    }
  });

  it('reads what a later version appends, and refuses it in version 00', () => {
    expect(parseTraceparent(`cc-${TRACE}-${PARENT}-01-what-the-future-brings`)).toBeDefined();
    expect(parseTraceparent(`cc-${TRACE}-${PARENT}-01-`)).toBeDefined();
    expect(parseTraceparent(`cc-${TRACE}-${PARENT}-01.what`)).toBeUndefined();
    expect(parseTraceparent(`00-${TRACE}-${PARENT}-01-`)).toBeUndefined();
  });

  it('refuses what is no such header', () => {
    for (const value of [
      undefined,
      null,
      7,
      [`00-${TRACE}-${PARENT}-01`],
      '',
      `ff-${TRACE}-${PARENT}-01`,
      `00-${TRACE.toUpperCase()}-${PARENT}-01`,
      `00-${'0'.repeat(32)}-${PARENT}-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
      ` 00-${TRACE}-${PARENT}-01`,
      `00-${TRACE}-${PARENT}-01\n`,
      `cc-${TRACE}-${PARENT}-01-${'x'.repeat(300)}`,
    ]) {
      expect(parseTraceparent(value), String(value)).toBeUndefined();
    }
  });

  it('answers any text with lower-case ids of the right length, or not at all', () => {
    const near = fc.stringMatching(/^[0-9a-fF]{2}-[0-9a-fg]{31,33}-[0-9a-f]{15,17}-[0-9a-f.]{2}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        const found = parseTraceparent(text);
        if (found === undefined) return;
        expect(`${found.trace}-${found.parent}`).toMatch(/^[0-9a-f]{32}-[0-9a-f]{16}$/);
        expect(text).toContain(`-${found.trace}-${found.parent}-`);
      }),
    );
  });
});

describe('formatTraceparent', () => {
  it('is read back, flag too', () => {
    const found = parseTraceparent(`00-${TRACE}-${PARENT}-00`);
    if (found === undefined) throw new Error('it is valid');
    for (const sampled of [true, false]) {
      const text = formatTraceparent(found, sampled);
      expect(parseTraceparent(text)).toEqual(found);
      expect(sampledFlag(text)).toBe(sampled);
    }
  });

  it('knows the flag of any version, and of no text', () => {
    expect(sampledFlag(`cc-${TRACE}-${PARENT}-03-x`)).toBe(true);
    expect(sampledFlag(`cc-${TRACE}-${PARENT}-02-x`)).toBe(false);
    expect(sampledFlag('01')).toBe(false);
  });
});

describe('validTracestate', () => {
  it('lets pass what is one', () => {
    for (const text of ['a=1', 'a=1,b=2', 'tenant@sys=x y', ' a=1 ,\tb=2', '0a=1', 'a=1,,b=2']) {
      expect(validTracestate(text), text).toBe(text);
    }
  });

  it('refuses what is none, or says a key twice', () => {
    for (const value of [
      undefined,
      7,
      '',
      ',',
      'a',
      '=1',
      'a=',
      'A=1',
      'a=1,a=2',
      'a=b=c',
      'a=é',
      'a=1\n',
    ]) {
      expect(validTracestate(value), String(value)).toBeUndefined();
    }
  });

  it('has its limits', () => {
    const members = (n: number): string => Array.from({ length: n }, (_, i) => `k${i}=1`).join(',');
    expect(validTracestate(members(LIMITS.tracestateMembersMax))).toBeDefined();
    expect(validTracestate(members(LIMITS.tracestateMembersMax + 1))).toBeUndefined();
    const pair = (length: number): string => `a=${'x'.repeat(250)},b=${'y'.repeat(length - 255)}`;
    expect(validTracestate(`${pair(500)},c=123456789`)).toHaveLength(512);
    expect(validTracestate(`${pair(500)},c=1234567890`)).toBeUndefined();
  });
});

interface FormCases {
  readonly cases: readonly {
    readonly class: string;
    readonly test: string;
    readonly accept: readonly string[];
    readonly reject: readonly string[];
  }[];
}
interface HeaderCases {
  readonly tests: readonly {
    readonly test: string;
    readonly requests: readonly (readonly (readonly [string, string])[])[];
  }[];
}

const FORMS = 'extracted/w3c_traceparent_cases.json';

const forms = hasVectors(FORMS) ? (readJsonVector(FORMS) as FormCases).cases : [];

describe.runIf(forms.length > 0)('parseTraceparent on the cases of W3C', () => {
  it.each(forms)('$class $test', ({ class: of, accept, reject }) => {
    // The base class is about form alone; that zeros are invalid is said by the other one, whose
    // parser in turn knows version 00 only.
    const isZero = (text: string): boolean => /-0{32}-|-0{16}-/.test(text);
    for (const text of accept) expect(parseTraceparent(text) === undefined).toBe(isZero(text));
    for (const text of reject) {
      const isLater = of === 'TraceparentTest' && !/^(00|ff)-/.test(text);
      expect(parseTraceparent(text) === undefined, text).toBe(!isLater);
    }
  });
});

const HEADERS = 'extracted/w3c_trace_context_http_cases.json';

/** Tests of the harness that send one `traceparent`, and whether it is valid there. */
const VALIDITY: Readonly<Record<string, boolean>> = {
  test_traceparent_included_tracestate_missing: true,
  test_traceparent_version_0x00: false,
  test_traceparent_version_0xff: false,
  test_traceparent_version_illegal_characters: false,
  test_traceparent_version_too_long: false,
  test_traceparent_version_too_short: false,
  test_traceparent_trace_id_all_zero: false,
  test_traceparent_trace_id_illegal_characters: false,
  test_traceparent_trace_id_too_long: false,
  test_traceparent_trace_id_too_short: false,
  test_traceparent_parent_id_all_zero: false,
  test_traceparent_parent_id_illegal_characters: false,
  test_traceparent_parent_id_too_long: false,
  test_traceparent_parent_id_too_short: false,
  test_traceparent_trace_flags_illegal_characters: false,
  test_traceparent_trace_flags_too_long: false,
  test_traceparent_trace_flags_too_short: false,
  test_propagates_random_flag: true,
};

const harness = hasVectors(HEADERS) ? (readJsonVector(HEADERS) as HeaderCases).tests : [];

describe.runIf(harness.length > 0)('parseTraceparent on the headers of the W3C harness', () => {
  it.each(Object.entries(VALIDITY))('%s: %s', (name, valid) => {
    const headers = harness.find(({ test }) => test === name)?.requests.flat() ?? [];
    const values = headers.filter(([header]) => header === 'traceparent').map(([, value]) => value);
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(parseTraceparent(value) !== undefined, value).toBe(valid);
  });
});
