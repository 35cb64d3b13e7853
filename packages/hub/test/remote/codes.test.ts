import { systemRandom } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { EnrolCodes } from '../../src/remote/codes.ts';

verifies(
  'enrol:once',
  () => {
    const codes = new EnrolCodes(systemRandom);
    const late = codes.make('laptop', 10, 0);
    expect(() => codes.take(late, 600_000)).toThrow('The enrolment code is not valid');
    const inTime = codes.make('laptop', 10, 700_000);
    expect(codes.take(inTime, 1_299_999)).toBe('laptop');
    expect(() => codes.take(inTime, 1_299_999)).toThrow('The enrolment code is not valid');
  },
  { case: 'in its time' },
);
