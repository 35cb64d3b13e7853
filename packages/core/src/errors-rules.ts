/** Rows of the table in `errors.ts`: files of rules. */
export const RULES_ERRORS = {
  RULES_UNREADABLE: {
    http: 500,
    exit: 2,
    message: 'The rules cannot be read',
    hint: 'Name a folder or a file that exists and that this user may read',
  },
  RULES_UNWRITABLE: {
    http: 500,
    exit: 73,
    message: 'A rule cannot be written',
    hint: 'Name a folder that is new or empty: files that are there are not written over',
  },
} as const;
