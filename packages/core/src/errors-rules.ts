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
  REPLAY_TOO_MANY_HITS: {
    http: 400,
    exit: 65,
    message: 'The rules match too often to be compared',
    hint: 'Replay a shorter time, or fewer rules',
  },
  REPLAY_BUSY: {
    http: 409,
    exit: 75,
    message: 'The hub replays already',
    hint: 'Wait for the other replay, or use `spoor replay` beside the hub',
  },
  REPLAY_UNREADABLE: {
    http: 400,
    exit: 65,
    message: 'This cannot be replayed',
    hint: 'Name a file of JSON lines: observations, or records of docs/mcp-log-schema.md',
  },
} as const;
