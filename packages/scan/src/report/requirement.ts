import type { CheckResult } from '../finding.ts';

/** A demand of a catalogue, and the checks that can show whether it is met. */
export interface Requirement {
  readonly demand: string;
  /** All of them passed: met. One failed: failed. None: it cannot be seen from outside. */
  readonly checks: readonly string[];
  /** Why it cannot be seen, or which part of it. */
  readonly unseen?: string;
}

export interface Verdict {
  readonly demand: string;
  readonly status: 'met' | 'failed' | 'not-tested';
  readonly because: string;
}

export function judge(requirement: Requirement, results: readonly CheckResult[]): Verdict {
  const { demand, checks, unseen } = requirement;
  const own = checks.map((id) => [id, results.find(({ check }) => check.id === id)] as const);
  const failed = own.filter(([, result]) => result?.status === 'failed').map(([id]) => id);
  if (failed.length > 0) return { demand, status: 'failed', because: failed.join(', ') };
  const open = own.filter(([, result]) => result?.status !== 'passed').map(([id]) => id);
  const passed = own.filter(([, result]) => result?.status === 'passed').map(([id]) => id);
  if (unseen !== undefined || open.length > 0 || checks.length === 0) {
    const why = [unseen, open.length > 0 ? `not tested: ${open.join(', ')}` : undefined];
    const because = why.filter((part) => part !== undefined).join('; ');
    return { demand, status: 'not-tested', because };
  }
  return { demand, status: 'met', because: `passed: ${passed.join(', ')}` };
}
