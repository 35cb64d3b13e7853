/** Rows of the table in `errors.ts`: what owners say of decisions. */
export const DECIDE_ERRORS = {
  STOP_UNKNOWN: {
    http: 404,
    exit: 1,
    message: 'There is no such stop',
    hint: 'List what is stopped with `spoor stop list`',
  },
  STOPS_FULL: {
    http: 409,
    exit: 1,
    message: 'Too much is stopped',
    hint: 'Stop everything with `spoor stop --all`, or resume what need not be stopped',
  },
} as const;
