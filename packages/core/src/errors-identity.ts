/** Rows of the table in `errors.ts`: of evidence who calls. */
export const IDENTITY_ERRORS = {
  IDENTITY_TRUST_INVALID: {
    http: 500,
    exit: 78,
    message: 'The trust file does not say who is trusted in a form that can be read',
    hint: 'See docs/identity.md',
  },
} as const;
