/** What went wrong inside the instrumentation; none of it reaches the program. */
export interface InstrumentCounts {
  /** Exceptions of our own code that were caught. */
  faults: number;
  /** Attributes that the allowlist refused. */
  attributesRefused: number;
  /** Requests without an answer, given up because too many were open. */
  callsGivenUp: number;
  /** Calls that the hub was too late for, or that no hub was there for. */
  hubLate: number;
  /** Messages that no hub took. */
  hubLost: number;
  /** Requests that went out without a proof although one was wanted. */
  unproved: number;
}

export const counts: InstrumentCounts = {
  faults: 0,
  attributesRefused: 0,
  callsGivenUp: 0,
  hubLate: 0,
  hubLost: 0,
  unproved: 0,
};

export function fault(): void {
  counts.faults += 1;
}
