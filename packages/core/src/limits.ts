import { FLOW_LIMITS } from './limits-flow.ts';
import { IDENTITY_LIMITS } from './limits-identity.ts';
import { QUERY_LIMITS } from './limits-query.ts';
import { SCAN_LIMITS } from './limits-scan.ts';
import { SOURCE_LIMITS } from './limits-source.ts';

const TABLE = {
  /**
   * A longer line is forwarded as it streams by and recorded as unreadable: nothing sane is longer.
   */
  frameBytesMax: 16_777_216,
  /** Deeper JSON is not parsed: recursion on hostile input must end before the stack does. */
  jsonDepthMax: 64,
  /** What `examine` reads of one content; the rest is counted as not examined. */
  examineBytesMax: 1_048_576,
  /**
   * Fingerprints kept of one content: enough for a page of records, little enough for one message.
   */
  atomsMax: 2048,
  /** Argument paths kept of one call. */
  argumentPathsMax: 128,
  /** Characters of a redacted projection that the store keeps for one content. */
  projectionCharsMax: 16_384,
  /** Characters of one string in a redacted projection. */
  projectionStringCharsMax: 120,
  /** Characters of a name that a peer chose (tool, server, prompt), as it may appear on spans. */
  nameCharsMax: 128,
  /**
   * Fingerprints that one session's flow index keeps before the oldest are dropped, and counted.
   */
  flowAtomsPerSessionMax: 200_000,
  /**
   * Fingerprints in all sessions together: about a gigabyte; beyond it the longest idle session
   * loses its own.
   */
  flowAtomsTotalMax: 4_000_000,
  /** Sources remembered of one fingerprint: the first, and the newest ones. */
  flowSourcesPerAtomMax: 4,
  /** Edges kept on one call: more explain nothing. */
  flowEdgesPerCallMax: 64,
  /** Words of a prompt whose fingerprints are kept, alone and in pairs and threes. */
  intentWordsMax: 400,
  /** Fingerprints of one session's prompts before the oldest are dropped, and counted. */
  intentAtomsPerSessionMax: 20_000,
  /** Fingerprints of destinations kept of one call: a mailing goes to more, and these tell it. */
  destinationsPerCallMax: 32,
  /** Names of one deviation that an observation tells: a person reads the first ones. */
  baselineNamesMax: 8,
  /** Baselines, and sums of budgets, that are written at once: calls are decided between. */
  normRowsMax: 100,
  /** Tools with a baseline; a further one has none, is counted, and says so on its calls. */
  baselineToolsMax: 10_000,
  /** Argument paths of one baseline; a further one stays new, and is counted. */
  baselinePathsMax: 256,
  /** Members of one inner object; with more it is a map, whose members are one path. */
  baselineMembersMax: 64,
  /** Destinations of one baseline; a further one stays new, and is counted. */
  baselineDestinationsMax: 1_024,
  /** Principals of one baseline; the longest idle makes room, and is counted. */
  baselinePrincipalsMax: 256,
  /** Rules of the owner's file of secrets: several times as many as the largest known has. */
  secretShapesMax: 2_000,
  /** One expression of such a rule. */
  secretRegexCharsMax: 65_536,
  /** That file. */
  secretFileBytesMax: 2_097_152,
  /** Texts in encodings that are unwrapped in one content, those in them too. */
  decodedLayersMax: 64,
  /** Their characters together: what is zipped can be a thousand times as long as it looks. */
  decodedCharsMax: 262_144,
  /** Budgets, and rows of costs, of one file: each is looked at for each call. */
  budgetsMax: 64,
  /** Sums that budgets keep; beyond it the one longest without a charge is forgotten, counted. */
  budgetSumsMax: 100_000,
  /** Sums of one budget that are shown at once, the fullest ones. */
  budgetSumsShownMax: 20,
  /** Numbers of a usage, and units of a cost; what says more is not believed. */
  usageMax: 1_000_000_000,
  /** Characters of a result's text that is read for a usage in it. */
  usageTextCharsMax: 65_536,
  /** Candidates for secrets that are tested in one content: hostile text must not buy time. */
  secretTestsMax: 512,
  /**
   * Group keys with state in the rule engine; beyond it the longest idle loses its state, and that
   * is counted.
   */
  ruleGroupsMax: 2_000_000,
  /** Matches that one counting rule keeps for one group; a rule that needs more does not load. */
  ruleWindowMax: 1_000,
  /** Steps of one chain: the work per observation grows with their number. */
  ruleStepsMax: 12,
  /** A rule remembers no longer than this: a day. */
  ruleTimespanMaxMs: 86_400_000,
  /** Sensors gone in the middle of a call, for the half minute in which they may come back. */
  sensorsGoneMax: 4_096,
  /** Calls that have been asked for and have not ended, as the engine remembers them. */
  openCallsMax: 100_000,
  /** Calls that have ended, as the engine knows them when it is told of one again. */
  endedCallsMax: 100_000,
  /** Characters of a prompt that are sent to an embedding endpoint, where one is configured. */
  embeddingCharsMax: 8_192,
  /** Numbers in one embedding; a longer one is no embedding of a model that is known. */
  embeddingDimensionsMax: 8_192,
  /** Prompts that wait for their embedding; beyond it the oldest goes without, and is counted. */
  embeddingsWaitingMax: 32,
  /** Processes above one that are looked at: a longer line of them is no ordinary program's. */
  ancestorsMax: 64,
  /** Calls that wait for a person at once; beyond it a further one is denied, and counted. */
  asksMax: 100,
  /** The same of one session: a flood of questions is how a person is brought to say yes. */
  asksPerSessionMax: 10,
  /** One regular expression of a rule: its program and the work per character grow with it. */
  ruleRegexCharsMax: 4_096,
  /**
   * Characters of one content that the content tests of rules look through; of a longer one they
   * say “not covered”.
   */
  contentTestCharsMax: 1_048_576,
  /** Content tests of all rules together; a rule that would add more does not load. */
  contentTestsMax: 20_000,
  /** Their text as sensors get it, which each of them keeps. */
  contentTestsCharsMax: 4_194_304,
  /**
   * Characters that the expressions of content tests run over in one content, each counted for
   * itself: half a second of hostile text. Beyond it they say “not covered”.
   */
  contentTestWorkMax: 33_554_432,
  /** Ways to meet one extended condition of a rule: each is followed by itself. */
  ruleAlternativesMax: 32,
  /** Text of one rule file. */
  ruleFileCharsMax: 262_144,
  /**
   * Sessions with live state in the hub; beyond it the longest idle loses its state, and that is
   * counted.
   */
  sessionsMax: 1_000_000,
  /**
   * Requests of one connection that wait for a response; beyond it the oldest is given up, and
   * counted.
   */
  pendingRequestsMax: 10_000,
  /** One message on the socket between sensor and hub. */
  wireMessageBytesMax: 67_108_864,
  /** Characters of why a tool has a label: a few words of the lexicon. */
  labelReasonCharsMax: 240,
  /** Tools whose results were seen to carry something that labels them; others earn none. */
  observedToolsMax: 10_000,
  /** Tools taken from one definition list. */
  toolsPerServerMax: 2_000,
  /** What the sensor waits for a decision before it decides alone. */
  decisionBudgetMs: 50,
  /** What the first decision may wait for a hub that is just starting. */
  hubStartMs: 5_000,
  /** What a hub that has taken a connection may take to welcome its sensor. */
  hubWelcomeMs: 5_000,
  /** Spool of a sensor without a hub; beyond it observations are dropped, and counted. */
  spoolBytesMax: 67_108_864,
  /** A leaf is small by design; a larger one is refused. */
  leafBytesMax: 8_192,
  /** Keys of ledger entries whose order is remembered; beyond it an entry is sorted each time. */
  leafShapesMax: 4_096,
  /**
   * Ledger entries and sealed content that wait in memory for the disk; beyond it they are dropped,
   * and counted.
   */
  ledgerMemoryBytesMax: 268_435_456,
  /** Unpublished bytes at which the ledger publishes early instead of waiting for its interval. */
  ledgerPublishBytes: 33_554_432,
  /**
   * Size at which a segment of the write-ahead log is closed, so that published ones can be
   * deleted.
   */
  walSegmentBytes: 8_388_608,
  /** Zeros written ahead of the records in a segment, at once. */
  walPrepareBytes: 262_144,
  /** One write to the write-ahead log; a larger group is split so that a retry stays bounded. */
  walBatchBytesMax: 67_108_864,
  /** Sealed content of one part: a whole frame with its header and tags. */
  sealedBytesMax: 16_908_288,
  /** Contents that one shredding names: they are listed in memory and in its entries. */
  shredContentsMax: 100_000,
  /** Ids that one entry about shredding lists: it has to fit into a leaf. */
  shredIdsPerEntryMax: 100,
  /** Holds that are looked through for each content that might go. */
  vaultHoldsMax: 1_000,
  /** A reason for opening, holding or shredding: it stands in an entry. */
  vaultReasonCharsMax: 120,
  /**
   * Vault packs that the ledger remembers the length of; beyond it the oldest is measured again.
   */
  vaultPacksOpenMax: 4_096,
  /** Calls under way at once that a verifier keeps track of; beyond it, it counts without names. */
  verifyOpenCallsMax: 1_000_000,
  /** What stays readable of a pruned log: changes of keys, starts, manifests; many years. */
  prunedBytesMax: 16_000_000,
  /** Missing contents that a verifier keeps until it has read all that explains them. */
  verifyGoneMax: 1_000_000,
  /** Vault packs whose contents a verifier remembers; entries of a session stand close together. */
  verifyPacksMax: 64,
  /** Entries, and rows of the store, that are compared with each other at once. */
  reconcilePieceMax: 2_000,
  /** Files of the ledger that a comparison remembers; what it looks up stands close together. */
  reconcileFilesMax: 16,
  /** Signature lines of one note, as C2SP's signed-note advises. */
  noteSignaturesMax: 100,
  /** A checkpoint with its cosignatures; a longer file is no checkpoint. */
  noteBytesMax: 65_536,
  /** Idle time after which a session starts a new episode. */
  episodeIdleMs: 1_800_000,
  /** Event time further than this from the hub's clock is clamped. */
  clockSkewMaxMs: 300_000,
  /** Body of an API request. */
  apiBodyBytesMax: 65_536,
  /** Rows of one API page. */
  pageRowsMax: 500,
  /** Records on their way to the hub's worker; a worker that takes no more loses them, counted. */
  workerUnderwayCharsMax: 134_217_728,
  /**
   * Observations on their way to the store, as a killed hub finds them again; those beyond it are
   * in the ledger alone, and counted.
   */
  unstoredBytesMax: 67_108_864,
  /** What rules remember, as a hub keeps it for its next start; more is stepped through again. */
  rememberedBytesMax: 268_435_456,
  /** Observations that a restarted hub steps its rules through again: seconds of work. */
  replayRowsMax: 50_000,
  /** Hits of one rule that a replay lists; all are counted. */
  replayHitsMax: 100,
  /** Observations that one replay by the hub looks at; the answer says where that was too few. */
  replayHistoryMax: 1_000_000,
  /** Hits that two versions of the rules are compared by; beyond it the comparison is refused. */
  replayComparedMax: 1_000_000,
  /** One line of a file that is replayed. */
  replayLineCharsMax: 4_194_304,
  /** Strings in one list attribute of a span. */
  attributeListMax: 32,
  /** `traceparent`: version 00 has 55 characters; what a later one appends is not read. */
  traceparentCharsMax: 256,
  /** Members of one `tracestate`, by W3C Trace Context §3.3.1. */
  tracestateMembersMax: 32,
  /** Characters of one `tracestate`: as many as the recommendation asks to be passed on. */
  tracestateCharsMax: 512,
  /** Members of one `baggage`: as many as W3C Baggage §3.3.2 asks to be passed on. */
  baggageMembersMax: 64,
  /** Bytes of one `baggage`, by the same section; a larger one is not read at all. */
  baggageBytesMax: 8_192,
  /** Keep and drop rules for one peer's baggage: more are not an intent a person can check. */
  baggageRulesMax: 64,
  /** Spans of one session held back for a detection that may come; then its oldest are let go. */
  samplingHeldPerSessionMax: 1_000,
  /** Spans held back in all sessions; then the session that holds most loses its oldest. */
  samplingHeldMax: 50_000,
  /** Sessions remembered as kept in full; beyond it the longest idle is forgotten, and counted. */
  samplingKeptSessionsMax: 100_000,
  /** Destinations of telemetry: each has its own queue, spool and connections. */
  destinationsMax: 16,
  /** Sinks of alerts: each has its own spool and pace. */
  sinksMax: 16,
  /** Alerts that wait on disk for one sink, and as many that it refused: days of a busy hub. */
  sinkSpoolBytesMax: 16_000_000,
  /** Folders of client configurations whose changes the system is asked to tell. */
  clientFoldersMax: 32,
  /** Servers of all client configurations together, as the hub shows them. */
  configuredServersMax: 1_000,
  /** A client's configuration file; a longer one is not looked at, and that is said. */
  clientConfigBytesMax: 33_554_432,
  /** Servers of one program that are told to a hub; those beyond are not, and that is counted. */
  joinedServersMax: 256,
  /** Tools and prompts with metric series of their own; the others share one. */
  metricNamesMax: 256,
  /**
   * Series of one metric, as OpenTelemetry's default has it: names come from outside, so the rest
   * shares one.
   */
  metricSeriesMax: 2_000,
  /** Live streams open at once. */
  liveStreamsMax: 32,
  /** Telemetry spans that wait to be taken in; beyond it senders are told to come back. */
  ingestSpansWaitingMax: 50_000,
  /** Bytes of telemetry requests that are being received; beyond it senders are told to wait. */
  ingestBytesMax: 67_108_864,
  /** A telemetry request that has not come whole after this long is given up. */
  ingestBodyMs: 10_000,
  /** Connections to the port of telemetry; beyond it they are refused. */
  ingestConnectionsMax: 256,
  /** Spans that calls are known by, so that none is told twice; the oldest are forgotten. */
  foreignSpansKnownMax: 200_000,
  /** Body of one telemetry request as it comes. */
  otlpWireBytesMax: 4_194_304,
  /** The same inflated; what would grow beyond it is broken off while it grows. */
  otlpInflatedBytesMax: 16_777_216,
  /** Spans of one telemetry request; the rest is rejected, and the answer says so. */
  otlpSpansMax: 10_000,
  /** Attributes of one span, those of its events with them; the rest is dropped, and counted. */
  otlpAttributesMax: 128,
  /** Events of one span; the rest is dropped, and counted. */
  otlpEventsMax: 32,
  /** Size of one attribute's value, in UTF-8; the rest is cut off, and counted. */
  otlpValueBytesMax: 8_192,
  /** Nesting of one attribute's value; what is deeper is dropped, and counted. */
  otlpValueDepthMax: 16,
  /** Nesting of a telemetry request as JSON: sixteen levels of values take four times as many. */
  otlpJsonDepthMax: 128,
  /** Body of one request to a gateway: it is read whole before it goes on, since a call waits. */
  gatewayBodyBytesMax: 16_777_216,
  /** Request bodies that a gateway holds at once; beyond it requests are refused, and counted. */
  gatewayBufferBytesMax: 268_435_456,
  /** Headers of one request or answer: names, tokens and traces, never documents. */
  gatewayHeaderBytesMax: 32_768,
  /** What a client may take to send the headers of a request, so that nobody holds a connection. */
  gatewayHeaderMs: 10_000,
  /** What a client may take to send a whole request. */
  gatewayRequestMs: 60_000,
  /** Requests under way in a gateway, streams too; beyond it they are refused, and counted. */
  gatewayStreamsMax: 1_024,
  /** Connections of clients to one gateway. */
  gatewayConnectionsMax: 2_048,
  /** Requests on one connection before it has to be opened anew. */
  gatewayConnectionRequestsMax: 100_000,
  /** What an upstream may take to begin its answer: tools may work for minutes. */
  gatewayAnswerMs: 300_000,
  /** Processes of one bridge: a legacy session has one of its own. */
  gatewayProcessesMax: 64,
  /** Clients of one gateway that have a connection to the hub; the longest idle loses its own. */
  gatewayPeersMax: 512,
  /** Conversations that a gateway remembers; the longest idle is forgotten. */
  gatewayConversationsMax: 4_096,
  /** Times in a row that a broken stream of an upstream is taken up again; then it is given up. */
  upstreamResumesMax: 5,
  /** Wait before a stream is taken up again, where the server names none. */
  upstreamResumeMs: 1_000,
  /** What a server may ask for in its place. */
  upstreamResumeMsMax: 30_000,
  /** Redirects within one origin that a request to an upstream follows. */
  upstreamRedirectsMax: 3,
  /** Session ids and versions that a server names: they go back to it in headers. */
  upstreamIdCharsMax: 1_024,
  /** Wait for answers that are still due when the client has left; a signal ends it at once. */
  upstreamLeaveMs: 10_000,
  /** What an upstream may take to hear that its session is over. */
  upstreamFarewellMs: 1_000,
  /** An issuer's keys are used this long without being asked for anew. */
  tokenKeysFreshMs: 600_000,
  /** And this long where the issuer does not answer: an outage is no reason to believe old keys. */
  tokenKeysStaleMs: 3_600_000,
  /** A key that nobody knows makes the issuer be asked no more often than this. */
  tokenKeysAskMs: 30_000,
  /** An issuer's keys, or its answer to a token request. */
  tokenAnswerBytesMax: 65_536,
  /** What an issuer may take to answer. */
  tokenAnswerMs: 10_000,
  /** A token: longer ones do not fit into headers. */
  tokenCharsMax: 16_384,
  /** Exchanged tokens that a gateway remembers; the oldest is forgotten. */
  tokensExchangedMax: 1_000,
  /** Silence after which a gateway gives up a client's connection to the hub. */
  gatewayIdleMs: 1_800_000,
  /** How often a sensor tells the hub what it has counted, where that has changed. */
  reportEveryMs: 5_000,
  /** Names in one report; a sensor has some dozens. */
  reportNamesMax: 64,
  /** Letters of such a name: those of our own codes are shorter. */
  reportNameCharsMax: 40,
  /** Sensors whose counts a hub shows; the longest gone is forgotten, and stays in the sums. */
  reportsMax: 256,
  /** Names over all sensors; what a stranger among them would add is not summed, and counted. */
  reportSumsMax: 256,
  /** Sensors enrolled at one hub: their names and keys are held in memory. */
  remoteSensorsMax: 1_000,
  /** Enrolment codes that are open at once; beyond it no new one is made. */
  remoteCodesMax: 16,
  /** What an enrolment code may be open at most: a day is enough to carry it over. */
  remoteCodeMinutesMax: 1_440,
  /** Connections of sensors from other machines. */
  remoteConnectionsMax: 1_024,
  /** Connections of one enrolled sensor: its wrappers, gateways and hooks. */
  remoteConnectionsEachMax: 256,
  /** Connections that have not proved anything yet; beyond it new ones are closed, and counted. */
  remoteHandshakesMax: 64,
  /** What a stranger may take to prove who it is, and a hub to answer. */
  remoteHandshakeMs: 3_000,
  /** What a stranger may send before it has proved who it is. */
  remoteHandshakeBytesMax: 4_096,
  /** Wrong tries of one address within the time below; then it is closed at once, and counted. */
  remoteFailuresMax: 20,
  /** Time after which the wrong tries of an address are forgotten. */
  remoteFailuresMs: 60_000,
  /** Addresses whose wrong tries are remembered; the oldest is forgotten. */
  remoteAddressesMax: 4_096,
  /** A sensor that was refused tries again no sooner than this. */
  remoteRefusedMs: 30_000,
  /** How often files of the certificate are looked at for a change. */
  remoteReloadMs: 5_000,
  /** An enrolment code as text: address, secret and fingerprint are shorter. */
  remoteCodeCharsMax: 1_024,
  /** Evidence of identity in one request: a token and a proof, twice as long as headers allow. */
  identityCharsMax: 32_768,
  /** Characters of a name, URI or id that a proof speaks of; a longer one cannot be proved. */
  identityNameCharsMax: 2_048,
  /** Logs of one witness: all stand in one file, which each cosignature replaces. */
  witnessLogsMax: 64,
  /** Hashes of a consistency proof: C2SP tlog-witness allows no more. */
  witnessProofLinesMax: 63,
  /** A request to a witness: the longest proof, and the longest note. */
  witnessBodyBytesMax: 69_632,
  /** An answer of a witness: a line for each of its keys. */
  witnessAnswerBytesMax: 65_536,
  /** Requests that a witness has under way; more are told to come back. */
  witnessUnderwayMax: 64,
  /** A client of a witness that is slower than this is cut off. */
  witnessRequestMs: 10_000,
  /** Proofs of split logs that a witness keeps as files; one is enough to convict. */
  witnessEvidenceMax: 64,
  /** A policy of witnesses, as a file. */
  policyBytesMax: 262_144,
  /** Logs, witnesses and groups of one policy; C2SP asks for 32 of each at least. */
  policyLinesMax: 256,
  /** Witnesses whose keys a person has given a browser: each was copied by hand. */
  knownWitnessesMax: 8,
  /** The key of a witness as text: a name that fits in a line, an id, an Ed25519 key. */
  witnessKeyCharsMax: 512,
  /** Stops in force: more than a person could know of, and each is compared with every call. */
  stopsMax: 1_000,
  /** Exceptions of an owner: each is looked at where its rule matches. */
  exceptionsMax: 1_000,
  /** Destinations that one exception names: more is no exception. */
  exceptionDestinationsMax: 32,
  /** How far ahead an exception may expire: what nobody looks at again is no exception. */
  exceptionMaxMs: 31_622_400_000,
  /** Characters of the reason that a person gives: it stands in the ledger. */
  reasonCharsMax: 200,
  /** Headers of an owner's own for one host. */
  outboundHeadersMax: 32,
  /** Characters of one of them, and of a credential: servers take no longer lines. */
  outboundHeaderCharsMax: 8_192,
  /** How long what a command has printed is a credential, unless the host refuses it before. */
  credentialKeptMs: 60_000,
  /** A command that takes longer than this to print a credential is ended. */
  credentialCommandMs: 10_000,
  /** An answer of a backend of traces, inflated: some twenty traces of a thousand spans. */
  backendBytesMax: 16_777_216,
  /** From a question to the end of its answer. */
  backendAnswerMs: 30_000,
  /** Until a backend takes the connection. */
  backendConnectMs: 5_000,
  /** Between two pieces of its answer. */
  backendIdleMs: 10_000,
  /** Questions to one backend at a time: so many answers may be in memory, each at its largest. */
  backendConcurrentMax: 8,
  /** Questions that wait for those; more are told to come back. */
  backendWaitingMax: 64,
  /** Traces in one answer. */
  backendTracesMax: 200,
  /** Spans read of one answer: no person or model looks at more; the rest is counted. */
  backendSpansMax: 10_000,
  /** Attributes read of a span, its resource or one event, and events of a span: as SDKs do. */
  backendRowsMax: 128,
  /** Characters read of one value; the rest is cut, and that is counted. */
  backendValueCharsMax: 8_192,
  /** Services or operations in one answer; whoever has more cannot list them. */
  backendNamesMax: 20_000,
  /** Characters of the name of a service, an operation or a tag. */
  backendNameCharsMax: 512,
  /** Tags of one question. */
  backendTagsMax: 16,
} as const;

/**
 * Every queue, buffer, map, string and loop has its limit here, with the reason. Units come last in
 * the name.
 */
export const LIMITS: typeof TABLE &
  typeof FLOW_LIMITS &
  typeof IDENTITY_LIMITS &
  typeof QUERY_LIMITS &
  typeof SCAN_LIMITS &
  typeof SOURCE_LIMITS = {
  ...TABLE,
  ...FLOW_LIMITS,
  ...IDENTITY_LIMITS,
  ...QUERY_LIMITS,
  ...SCAN_LIMITS,
  ...SOURCE_LIMITS,
};
