/** Rows of the table in `errors.ts`: baselines and budgets. */
export const BASELINE_ERRORS = {
  BASELINE_UNKNOWN: {
    http: 404,
    exit: 1,
    message: 'This tool has no baseline',
    hint: 'See `spoor baselines`; names are written as SERVER/TOOL',
  },
  BUDGETS_INVALID: {
    http: 400,
    exit: 2,
    message: 'The budgets file has an error',
    hint: 'The line and column say where; docs/budgets.md has its form',
  },
} as const;
