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
  EXCEPTION_INVALID: {
    http: 400,
    exit: 2,
    message: 'The exception cannot be made',
    hint: 'It needs a rule, an owner, a reason, an expiry within a year, and what narrows it',
  },
  EXCEPTION_UNKNOWN: {
    http: 404,
    exit: 1,
    message: 'There is no such exception',
    hint: 'List them with `spoor exceptions list`',
  },
  EXCEPTIONS_FULL: {
    http: 409,
    exit: 1,
    message: 'There are too many exceptions',
    hint: 'Remove what has expired, or change the rule',
  },
  SINKS_INVALID: {
    http: 400,
    exit: 2,
    message: 'The file of sinks has an error',
    hint: 'The line and column say where',
  },
  SINK_SECRET: {
    http: 400,
    exit: 2,
    message: 'The secret of a sink cannot be used',
    hint: 'See docs/sinks.md for what each kind wants in its file',
  },
} as const;
