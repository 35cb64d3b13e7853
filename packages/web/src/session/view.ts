import type { Alert, Observation } from '@spoor/core';

/** What Graph, Steps and Log are all given: three forms of the same data. */
export interface ViewProps {
  /** Every observation of the session, in order. */
  readonly all: readonly Observation[];
  /** Those that the filter leaves. */
  readonly rows: readonly Observation[];
  /** Id of the selected call, or ''. */
  readonly call: string;
  /** The alert whose path is drawn. */
  readonly alert: Alert | undefined;
  readonly onCall: (id: string) => void;
}
