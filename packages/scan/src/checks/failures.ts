import type { Call, Evidence, Phase, Run } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { ExportedSpan } from '../sink/read.ts';
import { type DynamicCheck, hasFailed, reproduceCall } from './check.ts';
import { unseenTelemetry } from './exported.ts';

/** Keys by which a span says that something failed, also where its status is left unset. */
const FAILURE_KEYS: ReadonlySet<string> = new Set([
  'error.type',
  'rpc.response.status_code',
  'rpc.jsonrpc.error_code',
  'exception.type',
]);

const saysFailure = (span: ExportedSpan): boolean =>
  span.isError || span.texts.some((text) => FAILURE_KEYS.has(text));

const driven = ({ runs }: Evidence): readonly Run[] =>
  runs.filter(({ purpose }) => purpose === 'driven');
const phasesOf = (runs: readonly Run[], name: Phase['name']): readonly Phase[] =>
  runs.flatMap(({ phases }) => phases.filter((phase) => phase.name === name));

const belongsTo = (span: ExportedSpan, trace: string): boolean =>
  span.trace === trace || span.links.includes(trace);

const noSpans = (evidence: Evidence): string | undefined => {
  const spans = evidence.runs.some(({ exports }) => exports.spans.length > 0);
  return unseenTelemetry(evidence) ?? (spans ? undefined : 'the server exports no spans');
};

const errorSpans: DynamicCheck = {
  check: {
    id: 'error-spans',
    title: 'A call that fails leaves a span that says so',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP08', 'cosai:T12', 'cwe:778'],
    remedy: 'Trace where messages come in, not inside handlers, and set error.type on failures.',
    example:
      "if (result.isError) {\n  span.setAttribute('error.type', 'tool_error');\n  span.setStatus({ code: SpanStatusCode.ERROR });\n}",
  },
  judge: (evidence) => {
    const why = noSpans(evidence);
    if (why !== undefined) return why;
    const phases = phasesOf(driven(evidence), 'calls');
    const failing = phases.flatMap(({ calls }) => calls).filter(hasFailed);
    if (failing.length === 0) return 'no call failed';
    const spans = phases.flatMap((phase) => phase.spans).filter(saysFailure);
    const continued = phases.some((phase) => isContinued(phase));
    const silent = failing.filter(({ sent }) =>
      continued ? !spans.some((span) => belongsTo(span, sent?.trace ?? '')) : false,
    );
    const byKind = new Map(silent.map((call) => [call.kind, call]));
    if (continued)
      return [...byKind.values()].map((call) => missing(call.label, reproduceCall(call)));
    const traces = new Set(spans.map(({ trace }) => trace)).size;
    if (traces >= failing.length / 2) return [];
    const [first] = failing;
    const what = `${failing.length} calls, of which ${traces} have a span that says so`;
    return [missing(what, first === undefined ? '' : reproduceCall(first))];
  },
};

const missing = (what: string, reproduce: string): Finding => ({
  what: `A call fails and no span says so: ${what}`,
  where: 'traces',
  evidence: 'no span of the trace has the status ERROR or error.type',
  reproduce,
});

/** Do spans take up or link to the trace that was sent? */
const isContinued = ({ calls, spans }: Phase): boolean =>
  calls.some(({ sent }) => sent !== undefined && spans.some((span) => belongsTo(span, sent.trace)));

const traceContinued: DynamicCheck = {
  check: {
    id: 'trace-continued',
    title: 'Spans belong to the trace of the request, or link to it',
    severity: 'info',
    points: 0,
    catalogue: ['cosai:T12'],
    remedy: 'Extract traceparent from `_meta` and start a span that continues it or links to it.',
    example:
      'const remote = propagation.extract(ROOT_CONTEXT, { traceparent: meta.traceparent });\nconst link = trace.getSpanContext(remote);\ntracer.startSpan(name, link ? { links: [{ context: link }] } : {});',
  },
  judge: (evidence) => {
    const why = noSpans(evidence);
    if (why !== undefined) return why;
    const phases = phasesOf(driven(evidence), 'calls');
    if (phases.some(isContinued)) return [];
    return [
      {
        what: 'No span has the trace that the request carried, or a link to it',
        where: '`_meta` traceparent',
        evidence: `${phases.flatMap(({ spans }) => spans).length} spans, none of a trace that was sent`,
        reproduce: 'Send tools/call with a traceparent in `_meta` and look for its trace id',
      },
    ];
  },
};

/** A share of the calls that a sampler of one in twenty does not keep by chance. */
const MOST = 0.5;

const isAnswered = ({ answer: { status } }: Call): boolean =>
  status !== 'lost' && status !== 'timeout';

const tracesOf = ({ spans }: Phase): number => new Set(spans.map(({ trace }) => trace)).size;

const securityEventsSampled: DynamicCheck = {
  check: {
    id: 'security-events-sampled',
    title: 'Failures are not sampled away',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP08', 'cosai:T12', 'cwe:778'],
    remedy: 'Decide at the end of a span: keep all that failed or was denied, sample the rest.',
    example:
      "import { SpoorSampler, SpoorSpanProcessor } from '@spoor/instrument/sampler';\n\nnew TracerProvider({\n  sampler: new SpoorSampler({ base: 0.05 }),\n  spanProcessors: [new SpoorSpanProcessor(new BatchSpanProcessor({ exporter }))],\n});",
  },
  judge: (evidence) => {
    const why = noSpans(evidence);
    if (why !== undefined) return why;
    const strange = phasesOf(driven(evidence), 'calls').flatMap(({ calls }) =>
      calls.filter(({ kind }) => kind === 'unknown-tool'),
    );
    const all = phasesOf(driven(evidence), 'calls').flatMap(({ spans }) => spans);
    const isTraced = strange.some(({ sent }) =>
      all.some((span) => belongsTo(span, sent?.trace ?? '') && saysFailure(span)),
    );
    const failing = phasesOf(evidence.runs, 'failing').filter(({ calls }) =>
      calls.every(isAnswered),
    );
    if (failing.length === 0) return 'no second run with a sampler could be made';
    if (
      !isTraced &&
      !failing.some((phase) => tracesOf(phase) > 0) &&
      all.filter(saysFailure).length === 0
    )
      return 'the server makes no spans for calls that fail (see error-spans)';
    return failing.flatMap((phase) => {
      const kept = tracesOf(phase);
      if (kept >= phase.calls.length * MOST) return [];
      return [
        {
          what: 'Rejected calls are sampled like all others: most of them leave nothing',
          where: 'sampler',
          evidence: `${phase.calls.length} calls of a tool that there is not, with a sampler of 5 %: less than half of them were exported`,
          reproduce:
            'OTEL_TRACES_SAMPLER=parentbased_traceidratio OTEL_TRACES_SAMPLER_ARG=0.05, then call an unknown tool 40 times',
        },
      ];
    });
  },
};

const samplingByClient: DynamicCheck = {
  check: {
    id: 'sampling-by-client',
    title: 'Clients do not decide what is recorded',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP08', 'cosai:T12', 'cwe:807'],
    remedy:
      'Believe the sampled flag of trusted peers only; start a new trace with a link for others.',
    example:
      'new ParentBasedSampler({\n  root,\n  remoteParentSampled: root, // not AlwaysOnSampler\n  remoteParentNotSampled: root, // not AlwaysOffSampler\n});',
  },
  judge: (evidence) => {
    const why = noSpans(evidence);
    if (why !== undefined) return why;
    const findings = [...driven(evidence).flatMap(suppressed), ...evidence.runs.flatMap(forced)];
    if (findings.length > 0) return findings.slice(0, 2);
    const tested = phasesOf(driven(evidence), 'suppressed').some(({ calls }) => calls.length > 0);
    return tested ? [] : 'no tool could be called for it';
  },
};

function suppressed({ phases }: Run): readonly Finding[] {
  const usual = phases.find(({ name }) => name === 'calls');
  const quiet = phases.find(({ name }) => name === 'suppressed');
  if (usual === undefined || quiet === undefined || !quiet.calls.some(isAnswered)) return [];
  const tools = new Set(quiet.calls.map(({ tool }) => tool));
  const same = usual.calls.filter(({ tool, kind }) => kind === 'valid' && tools.has(tool));
  const traced = usual.spans.length > 0 && same.length > 0;
  if (!traced || quiet.spans.length > 0) return [];
  const [first] = quiet.calls;
  return [
    {
      what: 'A client that sends `sampled=0` is not recorded at all',
      where: 'traceparent 00-…-00',
      evidence: `${quiet.calls.length} calls with traceparent …-00: 0 spans; with …-01 there were some`,
      reproduce: first === undefined ? '' : reproduceCall(first),
    },
  ];
}

function forced({ purpose, phases }: Run): readonly Finding[] {
  const failing = phases.find(({ name }) => name === 'failing');
  const loud = phases.find(({ name }) => name === 'forced');
  if (purpose !== 'sampled' || failing === undefined || loud === undefined) return [];
  const isSampling = tracesOf(failing) < failing.calls.length * MOST;
  const isForced = loud.calls.length > 0 && tracesOf(loud) > loud.calls.length * MOST;
  if (!isSampling || !isForced) return [];
  return [
    {
      what: 'A client that sends `sampled=1` is always recorded, and can flood the records',
      where: 'traceparent 00-…-01',
      evidence: `${loud.calls.length} calls with traceparent …-01 and a sampler of 5 %: most of them were exported`,
      reproduce: 'Send any call with a traceparent that ends with -01, under a ratio sampler',
    },
  ];
}

export const FAILURE_CHECKS: readonly DynamicCheck[] = [
  errorSpans,
  securityEventsSampled,
  samplingByClient,
  traceContinued,
];
