import { ATTEST_ERRORS } from './errors-attest.ts';
import { BACKEND_ERRORS } from './errors-backend.ts';
import { BASELINE_ERRORS } from './errors-baseline.ts';
import { DECIDE_ERRORS } from './errors-decide.ts';
import { GATEWAY_ERRORS } from './errors-gateway.ts';
import { IDENTITY_ERRORS } from './errors-identity.ts';
import { LABELS_ERRORS } from './errors-labels.ts';
import { LEDGER_ERRORS } from './errors-ledger.ts';
import { QUERY_ERRORS } from './errors-query.ts';
import { REMOTE_ERRORS } from './errors-remote.ts';
import { RULES_ERRORS } from './errors-rules.ts';
import { SCAN_ERRORS } from './errors-scan.ts';
import { UPSTREAM_ERRORS } from './errors-upstream.ts';

/**
 * Operational errors: one class, one table. `docs/errors.md` is generated from the table.
 * To an MCP peer goes `message` only where the row says so; never a cause.
 */
export interface ErrorRow {
  /** HTTP status where the error leaves by the API. */
  readonly http: number;
  /** Exit code of a command that ends with it. */
  readonly exit: number;
  /** What happened, in one sentence without a full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

const TABLE = {
  USAGE: {
    http: 400,
    exit: 2,
    message: 'The command line is not understood',
    hint: 'Run the command with --help',
  },
  CONFIG_UNREADABLE: {
    http: 500,
    exit: 2,
    message: 'The configuration cannot be read',
    hint: 'Fix the line that is named',
  },
  CONFIG_UNKNOWN_KEY: {
    http: 500,
    exit: 2,
    message: 'The configuration has an unknown key',
    hint: 'Use the nearest known key',
  },
  CONFIG_BAD_VALUE: {
    http: 500,
    exit: 2,
    message: 'A setting has a value out of range',
    hint: 'See `spoor config explain`',
  },
  STATE_FOLDER_UNSAFE: {
    http: 500,
    exit: 2,
    message: 'The state folder is open to other users',
    hint: 'chmod 700 the folder, or choose another with SPOOR_HOME',
  },
  STATE_FOLDER_UNUSABLE: {
    http: 500,
    exit: 73,
    message: 'The state folder cannot be made',
    hint: 'Check its path and the permissions above it, or choose another with SPOOR_HOME',
  },
  HUB_UNREACHABLE: {
    http: 503,
    exit: 69,
    message: 'No hub answers',
    hint: 'Start one with `spoor hub`',
  },
  HUB_RUNNING: {
    http: 409,
    exit: 75,
    message: 'Another hub holds the lock',
    hint: 'Stop it with `spoor hub stop`, or use it',
  },
  HUB_PROTOCOL: {
    http: 400,
    exit: 76,
    message: 'The hub speaks another protocol version',
    hint: 'Update the older of the two',
  },
  HUB_TOKEN: {
    http: 401,
    exit: 77,
    message: 'The hub does not accept the token',
    hint: 'Restart the hub or remove its stale token file',
  },
  PORT_IN_USE: {
    http: 500,
    exit: 75,
    message: 'The port is in use',
    hint: 'Choose another with --port, or 0 for any free one',
  },
  WIRE_INVALID: {
    http: 400,
    exit: 76,
    message: 'A message on the sensor socket is malformed',
    hint: 'Update the sensor',
  },
  WIRE_TOO_LARGE: {
    http: 413,
    exit: 76,
    message: 'A message on the sensor socket is over the limit',
    hint: 'See docs/limits',
  },
  COMMAND_NOT_FOUND: {
    http: 500,
    exit: 127,
    message: 'The server command does not exist',
    hint: 'Check the command after --',
  },
  COMMAND_NOT_EXECUTABLE: {
    http: 500,
    exit: 126,
    message: 'The server command cannot be executed',
    hint: 'Check its permissions',
  },
  RULE_INVALID: {
    http: 400,
    exit: 1,
    message: 'A rule file has an error',
    hint: 'The line and column say where',
  },
  LABELS_INVALID: {
    http: 400,
    exit: 2,
    message: 'The labels file has an error',
    hint: 'The line and column say where',
  },
  SECRETS_INVALID: {
    http: 400,
    exit: 2,
    message: 'The file of secret rules has an error',
    hint: 'The line says where; the rules are as gitleaks has them',
  },
  DESTINATIONS_INVALID: {
    http: 400,
    exit: 2,
    message: 'The file of destinations has an error',
    hint: 'The line and column say where',
  },
  CASE_UNKNOWN: {
    http: 404,
    exit: 1,
    message: 'There is no such case',
    hint: 'List cases with `spoor why`',
  },
  CASE_ANSWERED: {
    http: 409,
    exit: 1,
    message: 'The case waits for no answer',
    hint: 'It was answered, or its time is over: `spoor approvals` lists what waits',
  },
  CASE_CHANGED: {
    http: 409,
    exit: 1,
    message: 'The answer is for other arguments than those that wait',
    hint: 'Look at the call again with `spoor approvals`, then answer',
  },
  APPROVER_NOT_INDEPENDENT: {
    http: 403,
    exit: 1,
    message: 'The answer comes from within the session that asks',
    hint: 'Answer in the UI, or in a terminal that the asking program did not open',
  },
  CASE_EXPIRED: {
    http: 410,
    exit: 1,
    message: 'The case has expired',
    hint: 'Repeat the call to get a new case',
  },
  LEDGER_TAMPERED: {
    http: 500,
    exit: 3,
    message: 'The ledger does not match its own hashes',
    hint: 'Keep the files and compare with a copy',
  },
  LEDGER_UNWITNESSED: {
    http: 500,
    exit: 4,
    message: 'The ledger is consistent, but nobody else vouches for its length',
    hint: 'Give --checkpoint with one kept elsewhere',
  },
  LEDGER_ROLLED_BACK: {
    http: 500,
    exit: 5,
    message: 'The ledger is older than a checkpoint that it signed',
    hint: 'Restore the newest copy',
  },
  LEDGER_STALE: {
    http: 500,
    exit: 6,
    message: 'The newest checkpoint is older than allowed',
    hint: 'Check that the hub runs',
  },
  PAYLOAD_MISSING: {
    http: 500,
    exit: 7,
    message: 'A sealed payload is missing without explanation',
    hint: 'Restore the vault',
  },
  PAYLOAD_SHREDDED: {
    http: 410,
    exit: 8,
    message: 'The sealed payload was shredded',
    hint: 'Nothing to do: the ledger says when and why',
  },
  LEDGER_UNREADABLE: {
    http: 500,
    exit: 66,
    message: 'The ledger cannot be read',
    hint: 'Check the path and its permissions',
  },
  LEDGER_WRITE_FAILED: {
    http: 500,
    exit: 74,
    message: 'The ledger could not be written',
    hint: 'Free space on the disk and restart the hub',
  },
  LEAF_TOO_LARGE: {
    http: 500,
    exit: 70,
    message: 'A ledger entry is over the limit',
    hint: 'Report this',
  },
  LEAF_INVALID: {
    http: 500,
    exit: 70,
    message: 'A ledger entry has a form that it may not have',
    hint: 'Report this',
  },
  PAYLOAD_TAMPERED: {
    http: 500,
    exit: 3,
    message: 'The sealed payload does not match its ledger entry',
    hint: 'Keep the vault and compare with a copy',
  },
  VAULT_LOCKED: {
    http: 409,
    exit: 78,
    message: 'No auditor key exists, so nothing is sealed',
    hint: 'Run `spoor keys init`',
  },
  VAULT_NOT_SEALED: {
    http: 404,
    exit: 79,
    message: 'The entry has no sealed content',
    hint: 'Only content after `spoor keys init` is sealed',
  },
  VAULT_WRONG_KEY: {
    http: 403,
    exit: 77,
    message: 'The identity does not open this content',
    hint: 'Use the auditor or recovery identity',
  },
  KEYS_EXIST: {
    http: 409,
    exit: 73,
    message: 'Auditor keys exist already',
    hint: 'Keep them: a second pair would open nothing that is sealed already',
  },
  STORE_UNAVAILABLE: {
    http: 503,
    exit: 74,
    message: 'The store cannot be read',
    hint: 'See the hub log',
  },
  STORE_SCHEMA: {
    http: 500,
    exit: 78,
    message: 'The store was written by a newer version',
    hint: 'Update Spoor',
  },
  NOT_FOUND: { http: 404, exit: 1, message: 'There is no such thing', hint: 'Check the id' },
  BAD_REQUEST: {
    http: 400,
    exit: 2,
    message: 'The request is not understood',
    hint: 'The routes stand at the head of packages/core/src/api.ts',
  },
  METHOD_NOT_ALLOWED: {
    http: 405,
    exit: 1,
    message: 'This address takes POST alone',
    hint: 'Send the request as POST',
  },
  BODY_TOO_LARGE: {
    http: 413,
    exit: 2,
    message: 'The request is over the limit',
    hint: 'Send less at once',
  },
  TOO_MANY_STREAMS: {
    http: 503,
    exit: 75,
    message: 'Too many live views are open',
    hint: 'Close one of them',
  },
  INTERNAL: {
    http: 500,
    exit: 70,
    message: 'Spoor has failed at something it should not',
    hint: 'Report this, with the hub log',
  },
  UNAUTHORIZED: {
    http: 401,
    exit: 77,
    message: 'Log in first',
    hint: 'Open the link that `spoor ui` prints',
  },
  FORBIDDEN_ORIGIN: {
    http: 403,
    exit: 77,
    message: 'The request comes from another site',
    hint: 'Use the address that `spoor ui` prints',
  },
  CSRF: {
    http: 403,
    exit: 77,
    message: 'The request lacks the anti-forgery header',
    hint: 'Reload the page',
  },
  OTLP_INVALID: {
    http: 400,
    exit: 65,
    message: 'The telemetry request cannot be read',
    hint: 'Send an ExportTraceServiceRequest as protobuf or JSON',
  },
  OTLP_TOO_LARGE: {
    http: 413,
    exit: 65,
    message: 'The telemetry request is too large',
    hint: 'Send smaller batches; see docs/limits.md',
  },
  OTLP_ENCODING: {
    http: 415,
    exit: 65,
    message: 'The telemetry request has an unknown type or encoding',
    hint: 'Send application/x-protobuf or application/json, plain or as gzip or zstd',
  },
  OTLP_BUSY: {
    http: 503,
    exit: 75,
    message: 'The hub has more telemetry waiting than it can take in',
    hint: 'Send it again later; exporters do so by themselves',
  },
  OTLP_SLOW: {
    http: 408,
    exit: 75,
    message: 'The telemetry request did not come in time',
    hint: 'Check the network between sender and hub',
  },
  FRAME_UNREADABLE: {
    http: 400,
    exit: 1,
    message: 'The message cannot be read exactly as a server might read it',
    hint: 'Send valid JSON-RPC without duplicate keys',
  },
  POLICY_DENIED: {
    http: 403,
    exit: 1,
    message: 'Spoor denied this call',
    hint: 'Ask the owner: spoor why',
  },
  CLIENT_UNKNOWN: {
    http: 400,
    exit: 2,
    message: 'No client has this name',
    hint: 'See `spoor init --help` for the names',
  },
  CLIENT_CONFIG_UNREADABLE: {
    http: 500,
    exit: 65,
    message: "A client's configuration cannot be read",
    hint: 'Fix the place that is named; the file was left as it is',
  },
  CLIENT_CONFIG_UNSAFE: {
    http: 500,
    exit: 77,
    message: "A client's configuration is not yours alone to change",
    hint: 'Check who owns the file, its folder and the link that leads there',
  },
  CLIENT_CONFIG_CHANGED: {
    http: 409,
    exit: 75,
    message: "A client's configuration changed meanwhile",
    hint: 'Run the command again',
  },
  CLIENT_CONFIG_UNUSUAL: {
    http: 500,
    exit: 65,
    message: "A client's configuration cannot be changed safely",
    hint: 'Put `spoor run --` in front of the command by hand',
  },
  CLIENT_CONFIG_UNWRITABLE: {
    http: 500,
    exit: 73,
    message: "A client's configuration cannot be written",
    hint: 'Check the permissions of the file and its folder',
  },
  LAUNCHER_UNUSABLE: {
    http: 500,
    exit: 73,
    message: 'The launcher cannot be installed or used',
    hint: 'Check the path, or give the path of an executable with --launcher',
  },
  DURABILITY_LOST: {
    http: 503,
    exit: 74,
    message: 'The call needs a durable ledger entry and the disk refuses',
    hint: 'Free space on the disk',
  },
} as const;

export type ErrorCode =
  | keyof typeof TABLE
  | keyof typeof ATTEST_ERRORS
  | keyof typeof BACKEND_ERRORS
  | keyof typeof DECIDE_ERRORS
  | keyof typeof LABELS_ERRORS
  | keyof typeof GATEWAY_ERRORS
  | keyof typeof LEDGER_ERRORS
  | keyof typeof IDENTITY_ERRORS
  | keyof typeof QUERY_ERRORS
  | keyof typeof REMOTE_ERRORS
  | keyof typeof RULES_ERRORS
  | keyof typeof BASELINE_ERRORS
  | keyof typeof SCAN_ERRORS
  | keyof typeof UPSTREAM_ERRORS;

export const ERRORS: Readonly<Record<ErrorCode, ErrorRow>> = {
  ...TABLE,
  ...ATTEST_ERRORS,
  ...BACKEND_ERRORS,
  ...DECIDE_ERRORS,
  ...LABELS_ERRORS,
  ...GATEWAY_ERRORS,
  ...LEDGER_ERRORS,
  ...IDENTITY_ERRORS,
  ...QUERY_ERRORS,
  ...REMOTE_ERRORS,
  ...RULES_ERRORS,
  ...BASELINE_ERRORS,
  ...SCAN_ERRORS,
  ...UPSTREAM_ERRORS,
};

export class CodedError extends Error {
  override readonly name: string = 'CodedError';
  readonly code: ErrorCode;
  /** What exactly, for the owner of this Spoor; may name files and settings, never content. */
  readonly detail: string;

  constructor(code: ErrorCode, detail: string = '', cause?: unknown) {
    super(detail === '' ? ERRORS[code].message : `${ERRORS[code].message}: ${detail}`, { cause });
    this.code = code;
    this.detail = detail;
  }

  get row(): ErrorRow {
    return ERRORS[this.code];
  }
}
