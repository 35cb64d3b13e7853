/** Counts of one test run. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const EMPTY_TOTALS: Totals = { passed: 0, failed: 0, skipped: 0 };

interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * Counts a report of Vitest's JSON reporter. A file that could not be loaded has no tests to fail,
 * so it counts as one failed test itself.
 */
export function parseTotals(json: string): Totals {
  let { passed, failed, skipped } = EMPTY_TOTALS;
  for (const file of (JSON.parse(json) as Report).testResults) {
    const failures = file.assertionResults.filter(({ status }) => status === 'failed').length;
    const passes = file.assertionResults.filter(({ status }) => status === 'passed').length;
    passed += passes;
    failed += file.status === 'failed' ? Math.max(1, failures) : failures;
    skipped += file.assertionResults.length - passes - failures;
  }
  return { passed, failed, skipped };
}

/** `12 passed, 0 failed`, and `, 1 skipped` where there are any. */
export function showTotals({ passed, failed, skipped }: Totals): string {
  const counts = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? counts : `${counts}, ${skipped} skipped`;
}
