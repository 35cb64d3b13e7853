/** Rows of labels and definitions. */
export const LABELS_ERRORS = {
  TOOLS_UNREADABLE: {
    http: 400,
    exit: 2,
    message: 'The list of tools cannot be read',
    hint: 'Give the result of tools/list as JSON, or a file with one tool in each line',
  },
  TOOL_UNKNOWN: {
    http: 404,
    exit: 1,
    message: 'No such tool or entry is known',
    hint: 'See `spoor labels list`; a tool is known once a client has listed it through Spoor',
  },
  DEFINITION_MOVED: {
    http: 409,
    exit: 1,
    message: 'The definition is not the one that the word is about',
    hint: 'Look at what is there now with `spoor tools diff`, then say it again',
  },
  DEFINITION_AS_PINNED: {
    http: 409,
    exit: 1,
    message: 'The definition is the pinned one already',
    hint: 'There is nothing to approve',
  },
  NOTHING_TO_UNDO: {
    http: 404,
    exit: 1,
    message: 'No earlier labels file is kept',
    hint: 'Only changes by `spoor labels set` and `unset` can be undone',
  },
  LABELS_UNWRITABLE: {
    http: 500,
    exit: 73,
    message: 'The labels file cannot be written',
    hint: 'Check the folder that is named',
  },
} as const;
