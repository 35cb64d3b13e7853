/**
 * How long a test may take that names no time of its own. Most take milliseconds; one that starts
 * processes shares two slow cores with others, and a limit that is met by a loaded machine finds
 * no fault.
 */
export const TEST_MS = 120_000;

/** Time that the processor has spent on this process: others on the machine do not lengthen it. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
