import { ATTEST } from './requirements/attest.ts';
import { AUDITING } from './requirements/auditing.ts';
import { BASELINE } from './requirements/baseline.ts';
import { CONTENT } from './requirements/content.ts';
import { DECIDE } from './requirements/decide.ts';
import { DETECT } from './requirements/detect.ts';
import { ENGINE } from './requirements/engine.ts';
import { ENROL } from './requirements/enrol.ts';
import { FLOW } from './requirements/flow.ts';
import { HOOKS_AND_ASKS } from './requirements/hooks.ts';
import { IDENTITY } from './requirements/identity.ts';
import { IN_PROCESS } from './requirements/in-process.ts';
import { LABELS_AND_DEFINITIONS } from './requirements/labels.ts';
import { PACK } from './requirements/pack.ts';
import { QUERY } from './requirements/query.ts';
import { READERS } from './requirements/readers.ts';
import { SCAN } from './requirements/scan.ts';
import { SCAN_SOURCE } from './requirements/scan-source.ts';
import { SINKS } from './requirements/sinks.ts';
import { TELEMETRY } from './requirements/telemetry.ts';
import { UPSTREAMS } from './requirements/upstreams.ts';
import { VAULT } from './requirements/vault.ts';
import { WITNESS } from './requirements/witness.ts';

/**
 * What Spoor promises, as data. A test proves one by `verifies(id, …)`; a promise without a test
 * fails the check.
 */
export interface Requirement {
  /** The promise, in one sentence. */
  readonly behavior: string;
  /** Where it is made: a document of this repository, or a standard. */
  readonly source: string;
}

const TABLE = {
  'otlp:claims': {
    behavior:
      'Identity, decisions and labels that telemetry claims under our names are not believed.',
    source: 'docs/ingest.md',
  },
  'otlp:content': {
    behavior:
      'Content on the spans of others is examined and sealed, and stands nowhere in what is kept.',
    source: 'docs/ingest.md',
  },
  'otlp:leak': {
    behavior: 'An instrumentation that puts content on spans raises one alert that names it.',
    source: 'docs/ingest.md',
  },
  'otlp:once': {
    behavior: 'A call that several spans, or a sensor, tell of is one call.',
    source: 'docs/ingest.md',
  },
  'otlp:late': {
    behavior:
      'Calls known from telemetry can complete a chain and raise its alert; none is denied.',
    source: 'docs/ingest.md',
  },
  'otlp:limits': {
    behavior:
      'A telemetry request that is too large, too slow or a bomb is answered and costs little.',
    source: 'docs/ingest.md',
  },
  'otlp:exporters': {
    behavior: "OpenTelemetry's own exporters deliver spans over HTTP and gRPC, and alerts follow.",
    source: 'docs/ingest.md',
  },
  'otlp:durable': {
    behavior: 'Telemetry that was acknowledged is in the ledger, also when the hub is killed then.',
    source: 'docs/ingest.md',
  },
  'otlp:closed': {
    behavior: 'Telemetry of strangers and of pages in a browser is not taken in.',
    source: 'docs/ingest.md',
  },
  'otlp:decoder': {
    behavior:
      'Telemetry of any kind gives the rows that an independent decoder gives, or a coded error.',
    source: 'docs/ingest.md',
  },
  'relay:transparent': {
    behavior: 'Bytes leave the wrapper as they came, in both directions, however they are cut.',
    source: 'ARCHITECTURE.md',
  },
  'relay:unreadable-passes': {
    behavior: 'In observe, frames that nobody can read go through unchanged and are recorded.',
    source: 'ARCHITECTURE.md',
  },
  'relay:unreadable-refused': {
    behavior: "In enforce, a client's unreadable frame does not reach the server.",
    source: 'ARCHITECTURE.md',
  },
  'relay:giant-line': {
    behavior: 'A line over the limit streams through without being held in memory.',
    source: 'docs/limits.md',
  },
  'relay:exit': {
    behavior:
      'The wrapper ends as the server ends: exit code or signal, also in the midst of a call.',
    source: 'README.md',
  },
  'relay:stdout': {
    behavior: 'The wrapper says nothing on standard output but the answer of a denied call.',
    source: 'README.md',
  },
  'relay:environment': {
    behavior: 'A wrapped server gets the environment that it would have got without Spoor.',
    source: 'SECURITY.md',
  },
  'relay:conformance': {
    behavior: 'The official suite finds no difference between a server and the same one wrapped.',
    source: 'test/conformance/README.md',
  },
  'gateway:transparent': {
    behavior: 'Requests and answers leave a gateway byte for byte as they came, and as they come.',
    source: 'ARCHITECTURE.md',
  },
  'gateway:disconnect': {
    behavior: 'When a client leaves a gateway, its upstream learns it at once.',
    source: 'ARCHITECTURE.md',
  },
  'gateway:back-pressure': {
    behavior: 'A client that does not read stops the upstream; a gateway keeps nothing for it.',
    source: 'ARCHITECTURE.md',
  },
  'gateway:mirror': {
    behavior: 'A modern message whose headers and body tell two stories is refused.',
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/transports',
  },
  'gateway:rebinding': {
    behavior: 'A gateway answers only by its own names and to pages of allowed origins.',
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/transports',
  },
  'gateway:smuggling': {
    behavior: 'A request that two readers could frame in two ways reaches no upstream.',
    source: 'https://www.rfc-editor.org/rfc/rfc9112',
  },
  'gateway:limits': {
    behavior: 'What is too large, too slow or encoded is refused with a code, and counted.',
    source: 'docs/limits.md',
  },
  'gateway:decides': {
    behavior:
      'A call through a gateway is decided like any other, in the same session, in both eras.',
    source: 'ARCHITECTURE.md',
  },
  'gateway:legacy': {
    behavior: 'Clients of both legacy transports use a server through a gateway as without it.',
    source: 'https://modelcontextprotocol.io/specification/2025-11-25/basic/transports',
  },
  'gateway:trust': {
    behavior: 'Trace context and baggage cross a gateway only as far as both sides are trusted.',
    source: 'docs/telemetry.md',
  },
  'gateway:tokens': {
    behavior:
      'A gateway that is a resource of its own takes its own tokens only, and passes none on.',
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization',
  },
  'gateway:observes-tokens': {
    behavior: 'A gateway that observes passes authorization on unchanged, in both directions.',
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization',
  },
  'gateway:bridges': {
    behavior:
      'A command that speaks lines is served over HTTP, each legacy session by its own process.',
    source: 'docs/gateway.md',
  },
  'gateway:clients': {
    behavior:
      'The official suite finds no difference between a client and itself through a gateway.',
    source: 'test/conformance/README.md',
  },
  'gateway:upstream-fails': {
    behavior: 'An upstream that fails gives a coded answer, and half an answer never looks whole.',
    source: 'docs/errors.md',
  },
  'gateway:conformance': {
    behavior:
      'The official suite finds no difference between a server and itself behind a gateway.',
    source: 'test/conformance/README.md',
  },
  'parse:duplicate-keys': {
    behavior: 'JSON that two readers could read differently is no message.',
    source: 'ARCHITECTURE.md',
  },
  'parse:depth': {
    behavior: 'Deep nesting ends the reading before it ends the stack.',
    source: 'docs/limits.md',
  },
  'mode:observe': {
    behavior: 'In observe nothing is denied, and what would have been is shown.',
    source: 'ARCHITECTURE.md',
  },
  'mode:enforce': {
    behavior: 'In enforce a denied call never reaches its server and its answer names the case.',
    source: 'ARCHITECTURE.md',
  },
  'mode:allow-once': {
    behavior: 'A case can be allowed once: the same call passes, and the next one does not.',
    source: 'README.md',
  },
  'session:four-wrappers': {
    behavior: 'Wrappers of one host are one session, also behind npx and shells.',
    source: 'ARCHITECTURE.md',
  },
  'session:chain-across-servers': {
    behavior: 'A chain over four servers is denied at its fourth call.',
    source: 'README.md',
  },
  'cause:nested': {
    behavior: 'A call that a tool makes names the call around it; a direct one is the prompt’s.',
    source: 'ARCHITECTURE.md',
  },
  'session:flows': {
    behavior: 'Flows are drawn from results to arguments, across servers.',
    source: 'README.md',
  },
  'hub:on-demand': {
    behavior: 'The first wrapper starts a hub that outlives it, one for all.',
    source: 'README.md',
  },
  'hub:death': {
    behavior: 'Sensors go on when the hub dies, and say that they decided alone.',
    source: 'ARCHITECTURE.md',
  },
  'hub:spool': {
    behavior: 'What happened without a hub reaches the next one, and losses are counted.',
    source: 'ARCHITECTURE.md',
  },
  'hub:fail-closed': {
    behavior: 'Without a hub, enforce denies what can do harm outside and lets the rest go on.',
    source: 'ARCHITECTURE.md',
  },
  'hub:restart': {
    behavior: 'A restart forgets nothing that was stored: sessions and chains go on.',
    source: 'ARCHITECTURE.md',
  },
  'hub:behind': {
    behavior:
      'Rows that a killed hub lost are said to be missing; no place in its order comes twice.',
    source: 'ARCHITECTURE.md',
  },
  'hub:worker': {
    behavior: 'Store and API come back when their thread dies, and get what they had not taken.',
    source: 'docs/adr/0002-hub-threads.md',
  },
  'hub:one': {
    behavior: 'A second hub for one folder does not start; a stale socket does not stop the first.',
    source: 'docs/errors.md',
  },
  'hub:hand-over': {
    behavior: 'A newer hub replaces an older one, which brings its state to disk first.',
    source: 'ARCHITECTURE.md',
  },
  'hub:port': {
    behavior: 'A port in use is said by its code.',
    source: 'docs/errors.md',
  },
  'hub:private-folder': {
    behavior: 'A state folder that others can enter is refused.',
    source: 'SECURITY.md',
  },
  'api:token': {
    behavior: 'Neither socket nor API answers without the token or a session.',
    source: 'SECURITY.md',
  },
  'api:other-sites': {
    behavior:
      'Requests with a foreign Host or Origin, or without the anti-forgery header, are refused.',
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/transports',
  },
  'seal:parameters': {
    behavior: 'Contents stand in clear neither in the ledger nor in spans nor in logs.',
    source: 'SECURITY.md',
  },
  'seal:open': {
    behavior: 'An auditor opens exactly the bytes that were sent, and a wrong key opens nothing.',
    source: 'SECURITY.md',
  },
  'seal:recovery': {
    behavior: 'After a lost identity, the recovery identity gives a new auditor all kept content.',
    source: 'SECURITY.md',
  },
  'seal:writer-cannot-open': {
    behavior: 'Who seals cannot open what was sealed.',
    source: 'docs/adr/0004-whole-frames.md',
  },
  'export:canaries': {
    behavior:
      'A canary in any field of any message appears in no exported byte and in no log line.',
    source: 'docs/telemetry.md',
  },
  'export:allowlist': {
    behavior: 'A span holds allowlisted attributes with values of their form, and nothing else.',
    source: 'docs/telemetry.md',
  },
  'export:withheld': {
    behavior: 'What other instrumentations leak does not leave: each such field was tried.',
    source: 'docs/telemetry.md',
  },
  'trust:receive': {
    behavior: 'What a peer sends as trace context or baggage counts as its policy says.',
    source: 'docs/telemetry.md',
  },
  'trust:send': {
    behavior: 'No trace id or baggage of ours reaches a peer that is not trusted.',
    source: 'docs/telemetry.md',
  },
  'trust:bytes': {
    behavior: 'Trace keys change in the bytes of a frame, however it is written, and nothing else.',
    source: 'ARCHITECTURE.md',
  },
  'trust:table': {
    behavior:
      'Whatever trace context or baggage is forged, each transport does what the table says.',
    source: 'docs/trust.md',
  },
  'trust:flags': {
    behavior: 'The sampled flag of a peer that is not trusted for it changes nothing.',
    source: 'docs/telemetry.md',
  },
  'export:conventions': {
    behavior:
      'Spans have the names and attributes of the MCP conventions and go on in the client’s trace.',
    source: 'docs/telemetry.md',
  },
  'export:guarded': {
    behavior: 'The outbound client connects to allowed addresses only, whatever names resolve to.',
    source: 'SECURITY.md',
  },
  'config:unknown-key': {
    behavior: 'An unknown setting is an error that names the nearest known one.',
    source: 'docs/config.md',
  },
  'store:contract': {
    behavior: 'A store passes the shared suite of its contract.',
    source: 'ARCHITECTURE.md',
  },
  'ui:graph': {
    behavior: 'The denied chain is on screen with its flows, decision and numbered path.',
    source: 'README.md',
  },
  'ui:verify': {
    behavior: 'The browser verifies an entry by itself.',
    source: 'README.md',
  },
  'ui:hostile-text': {
    behavior: 'Text from tools is shown as text and never becomes markup.',
    source: 'SECURITY.md',
  },
  'demo:four-sessions': {
    behavior: 'The demo plays its sessions on real servers, and each ends as its story says.',
    source: 'examples/demo/README.md',
  },
  'init:survives': {
    behavior:
      "Comments, unknown keys, order, indentation, line endings and byte order mark of a client's configuration survive wrapping.",
    source: 'docs/init.md',
  },
  'init:undo-exact': {
    behavior: 'A wrapped configuration that nobody has changed since is restored byte for byte.',
    source: 'docs/init.md',
  },
  'init:undo-later-edits': {
    behavior: 'Undoing takes away the wrapping alone where the user has changed the file since.',
    source: 'docs/init.md',
  },
  'init:idempotent': {
    behavior: 'A second `spoor init` finds nothing to do.',
    source: 'docs/init.md',
  },
  'init:bad-config': {
    behavior:
      'A configuration with a syntax error is left untouched and named with line and column; the others go on.',
    source: 'docs/init.md',
  },
  'init:no-secrets': {
    behavior: 'What `spoor init` shows has no values of environments, headers or tokens in it.',
    source: 'docs/init.md',
  },
  'init:without-path': {
    behavior: 'A wrapped server starts where there is no PATH.',
    source: 'docs/init.md',
  },
  'init:spoor-gone': {
    behavior: 'Where Spoor is gone, the launcher starts the server without it and says so.',
    source: 'docs/init.md',
  },
  'init:links': {
    behavior:
      "A configuration is written through the user's own links and never through somebody else's.",
    source: 'docs/init.md',
  },
  'clients:unwrapped': {
    behavior:
      'A server that a client starts without Spoor is shown and raises an alert, which is resolved when the cause is gone.',
    source: 'docs/init.md',
  },
  'clients:unreadable': {
    behavior: 'A configuration that cannot be looked at is shown so and resolves no alert.',
    source: 'docs/init.md',
  },
  'cli:packed': {
    behavior:
      'Packed and installed globally into an empty prefix, the command wraps, serves the UI and undoes.',
    source: 'packages/cli/README.md',
  },
  'cli:no-build': {
    behavior: 'The command runs from a checkout without a build.',
    source: 'README.md',
  },
} as const;

export type RequirementId =
  | keyof typeof BASELINE
  | keyof typeof TABLE
  | keyof typeof IDENTITY
  | keyof typeof IN_PROCESS
  | keyof typeof ATTEST
  | keyof typeof DECIDE
  | keyof typeof CONTENT
  | keyof typeof DETECT
  | keyof typeof PACK
  | keyof typeof QUERY
  | keyof typeof SCAN_SOURCE
  | keyof typeof SINKS
  | keyof typeof AUDITING
  | keyof typeof ENGINE
  | keyof typeof ENROL
  | keyof typeof FLOW
  | keyof typeof HOOKS_AND_ASKS
  | keyof typeof LABELS_AND_DEFINITIONS
  | keyof typeof VAULT
  | keyof typeof SCAN
  | keyof typeof TELEMETRY
  | keyof typeof READERS
  | keyof typeof WITNESS
  | keyof typeof UPSTREAMS;

export const REQUIREMENTS: Readonly<Record<RequirementId, Requirement>> = {
  ...TABLE,
  ...IDENTITY,
  ...IN_PROCESS,
  ...ATTEST,
  ...AUDITING,
  ...ENGINE,
  ...ENROL,
  ...FLOW,
  ...HOOKS_AND_ASKS,
  ...BASELINE,
  ...DECIDE,
  ...CONTENT,
  ...DETECT,
  ...LABELS_AND_DEFINITIONS,
  ...PACK,
  ...QUERY,
  ...SINKS,
  ...SCAN,
  ...TELEMETRY,
  ...SCAN_SOURCE,
  ...VAULT,
  ...READERS,
  ...WITNESS,
  ...UPSTREAMS,
};
