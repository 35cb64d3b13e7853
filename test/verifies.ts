import { type TestContext, test } from 'vitest';
import { REQUIREMENTS, type RequirementId } from './requirements.ts';
import { TEST_MS } from './times.ts';

interface VerifiesOptions {
  /** Which of several tests of one requirement. */
  readonly case?: string;
  /** Where it may take longer than other tests. */
  readonly timeoutMs?: number;
}

/**
 * A test that proves a promise of `requirements.ts`. Write the id as a literal: the coverage test
 * looks for it.
 */
export function verifies(
  id: RequirementId,
  prove: (context: TestContext) => void | Promise<void>,
  options: VerifiesOptions = {},
): void {
  const suffix = options.case === undefined ? '' : ` (${options.case})`;
  const { timeoutMs } = options;
  const atMostMs = timeoutMs === undefined ? undefined : Math.max(timeoutMs, TEST_MS);
  test(`${id}: ${REQUIREMENTS[id].behavior}${suffix}`, prove, atMostMs);
}
