import type { RuleRef, RuleView } from '@spoor/core';
/** Not of the rule pack: what it looks at is removed before any rule could see it. */
export const LEAKING_INSTRUMENTATION: RuleRef = {
  id: 'leaking-instrumentation',
  title: 'An instrumentation puts content on spans',
  level: 'medium',
  description:
    'Arguments, results, prompts or error texts stand on the spans of an instrumentation. Spoor has removed them from what it keeps, but whatever else receives these spans has them in plain text.',
  tags: ['owasp-mcp.10'],
  falsePositives: ['The only receiver of these spans is this hub'],
  advice:
    'Switch content off in that instrumentation, or remove the attributes before the spans leave the process; then look for them where they went so far.',
};

/** A rule about configurations, not about calls; so it is no file of the pack. */
export const UNWRAPPED_SERVER: RuleRef = {
  id: 'unwrapped-server',
  title: 'A server runs without Spoor',
  level: 'low',
  description:
    'A client is configured to start an MCP server directly. Its calls are neither recorded nor ' +
    'checked, and chains that lead through it are not seen.',
  tags: ['owasp-mcp.8', 'owasp-mcp.9'],
  falsePositives: ['The server is meant to run without Spoor'],
  advice:
    'Run `spoor init` and restart the client; the alert is resolved by itself. Dismiss it where the ' +
    'server is meant to run without Spoor.',
};

/** Not of the rule pack: it looks at the ledger itself. */
export const LEDGER_REFUSED: RuleRef = {
  id: 'ledger-refused',
  title: 'A witness knows another history of the ledger',
  level: 'critical',
  description:
    'The witness has cosigned entries that this ledger does not have, or another tree of the same size. Either these files are older than what was signed, or the log has two histories.',
  tags: ['owasp-mcp.8'],
  falsePositives: ['The witness belongs to another ledger of the same name', 'The witness lies'],
  advice:
    'Stop the hub and keep all files as they are. Compare them with the newest copy, and with the checkpoint and the evidence that the witness holds.',
};

/** A rule about what Spoor itself keeps, not about calls; so it is no file of the pack. */
export const LEDGER_SPAN_GAP: RuleRef = {
  id: 'ledger-span-gap',
  title: 'Ledger and store do not tell of the same calls',
  level: 'high',
  description:
    'Every call stands in the ledger and in the store, each naming the other. One of them lacks a ' +
    'call that the other has: something was removed, restored from an older copy, or lost when the ' +
    'hub was killed.',
  tags: ['attack.t1070', 'owasp-mcp.8'],
  falsePositives: ['The hub was killed, or its disk was full, at that time'],
  advice:
    'Run `spoor ledger reconcile` for all gaps, `spoor ledger verify --checkpoint` with a checkpoint ' +
    'that was kept elsewhere, and compare with the spans in your telemetry backend.',
};

/** A rule about the rules: what one of them forgets, no other can see. */
export const STATE_LOST: RuleRef = {
  id: 'state-lost',
  title: 'Rules have lost part of what they remember',
  level: 'medium',
  description:
    'A limit has taken away what rules remember of sessions, values or open calls, or a hub came ' +
    'back to more observations than it steps through again. A chain that began before may not be ' +
    'recognised.',
  tags: ['owasp-mcp.8'],
  falsePositives: ['Very many sessions, or very long ones, on one hub'],
  advice:
    'Look for a source that invents sessions or keys, or floods one of them; `spoor hub status` ' +
    'has the counts. Then replay the time with `spoor replay`.',
};

/** Not of the rule pack: what it is about is that nothing comes. */
export const SENSOR_SILENT: RuleRef = {
  id: 'sensor-silent',
  title: 'A sensor fell silent in the middle of a call',
  level: 'medium',
  description:
    'A wrapper or gateway went away while a call was under way and did not come back, and the ' +
    'program that it stood beside goes on. Somebody may have killed it to act unseen.',
  tags: ['attack.t1562', 'owasp-mcp.8', 'cosai.t12'],
  falsePositives: [
    'A wrapper that crashed, or that a person ended',
    'A machine that lost its network',
  ],
  advice:
    'Look at what the host did since then, in its own log and in that of the server. Restart the ' +
    'client, so that its servers run with Spoor again.',
};

/** All of them, for lists of rules. They alert, and decide no call. */
export const BUILT_IN: readonly RuleView[] = [
  LEAKING_INSTRUMENTATION,
  LEDGER_REFUSED,
  LEDGER_SPAN_GAP,
  SENSOR_SILENT,
  STATE_LOST,
  UNWRAPPED_SERVER,
].map((ref) => ({
  ...ref,
  path: '',
  response: 'alert',
  mode: 'observe',
  matches24h: 0,
  source: '',
  builtIn: true,
}));
