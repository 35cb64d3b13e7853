import { describe, expect, it } from 'vitest';
import { CodedError, ERRORS, type ErrorCode } from '../src/errors.ts';

const rows = Object.entries(ERRORS);

describe('the table of errors', () => {
  it.each(rows)('%s can be shown, answered and exited with', (code, row) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(row.http).toBeGreaterThanOrEqual(400);
    expect(row.http).toBeLessThan(600);
    // Above 127 a shell reports signals; 0 is no error.
    expect(row.exit).toBeGreaterThan(0);
    expect(row.exit).toBeLessThanOrEqual(127);
    for (const text of [row.message, row.hint]) expect(text).toMatch(/^[A-Za-z].*[^.\s]$/);
  });

  it('says something else for each code', () => {
    expect(new Set(rows.map(([, { message }]) => message)).size).toBe(rows.length);
  });

  it('gives each outcome of `ledger verify` an exit code of its own', () => {
    const outcomes: ErrorCode[] = [
      'LEDGER_TAMPERED',
      'LEDGER_UNWITNESSED',
      'LEDGER_ROLLED_BACK',
      'LEDGER_STALE',
      'PAYLOAD_MISSING',
      'PAYLOAD_SHREDDED',
    ];
    expect(outcomes.map((code) => ERRORS[code].exit)).toEqual([3, 4, 5, 6, 7, 8]);
  });
});

describe('CodedError', () => {
  it('joins the fixed sentence and the detail, and keeps its cause', () => {
    const cause = new Error('inner');
    const error = new CodedError('PORT_IN_USE', '4317', cause);
    expect(error.message).toBe('The port is in use: 4317');
    expect(error).toMatchObject({ code: 'PORT_IN_USE', detail: '4317', name: 'CodedError', cause });
    expect(error.row).toBe(ERRORS.PORT_IN_USE);
    expect(new CodedError('PORT_IN_USE').message).toBe('The port is in use');
  });
});
