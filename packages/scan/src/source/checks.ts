import type { Check } from '../finding.ts';
import { CONFIGURATION_CHECKS, type ConfigurationCheckId } from './checks-configuration.ts';

type CodeCheckId =
  | 'source-span-values'
  | 'source-metric-values'
  | 'source-log-values'
  | 'source-error-text'
  | 'source-span-name'
  | 'source-hook-content'
  | 'source-content-capture'
  | 'source-content-switch'
  | 'source-plain-digest'
  | 'source-secret-values'
  | 'source-baggage-forwarded'
  | 'source-baggage-trusted'
  | 'source-trace-id-returned'
  | 'source-flat-sampler'
  | 'source-parent-sampler'
  | 'source-plain-export'
  | 'source-export-credentials'
  | 'source-session-in-url';

export type CheckId = CodeCheckId | ConfigurationCheckId;

/** What is looked for in code. */
const CODE_CHECKS: Readonly<Record<CodeCheckId, Omit<Check, 'id'>>> = {
  'source-span-values': {
    title: 'Arguments or results in span attributes or events',
    severity: 'critical',
    points: 20,
    catalogue: ['owasp-mcp:MCP08', 'owasp-mcp:MCP10', 'cwe:CWE-532'],
    remedy: 'Set attributes from an allowlist: names, sizes, outcomes. Never values a client sent.',
    example:
      "span.setAttribute('tool.arg_schema', Object.keys(args).sort().join(','));\n" +
      "span.setAttribute('tool.query_chars', args.query.length);",
  },
  'source-metric-values': {
    title: 'Arguments or results as metric attributes',
    severity: 'high',
    points: 14,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-532', 'cwe:CWE-770'],
    remedy: 'Use attributes of a closed set only: each value a client invents is a new series.',
    example: "calls.add(1, { 'gen_ai.tool.name': 'read_file', outcome: 'ok' });",
  },
  'source-log-values': {
    title: 'Arguments or results in logs or on stderr',
    severity: 'medium',
    points: 10,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-532'],
    remedy: 'Log what happened and to which tool; leave out what was said.',
    example: "logger.info({ tool: 'search', argumentKeys: Object.keys(args) }, 'tool called');",
  },
  'source-error-text': {
    title: 'Error texts of tools in span status or exception events',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-209', 'cwe:CWE-532'],
    remedy: 'Record the class or code of an error. Its text repeats paths, queries and keys.',
    example:
      "span.setAttribute('error.type', error instanceof RangeError ? 'range' : 'tool_error');\n" +
      'span.setStatus({ code: SpanStatusCode.ERROR });',
  },
  'source-span-name': {
    title: 'Span names from input',
    severity: 'medium',
    points: 6,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-532', 'cwe:CWE-770'],
    remedy: 'Name spans after the method and the registered tool, of which there are few.',
    example: "tracer.startActiveSpan('tools/call read_file', (span) => run(span));",
  },
  'source-hook-content': {
    title: 'Instrumentation hook that copies bodies, headers or statements',
    severity: 'critical',
    points: 20,
    catalogue: ['owasp-mcp:MCP08', 'owasp-mcp:MCP10', 'cwe:CWE-532'],
    remedy: 'Let hooks set sizes and outcomes only.',
    example:
      'new HttpInstrumentation({\n' +
      "  requestHook: (span, request) => span.setAttribute('app.kind', 'mcp'),\n" +
      '});',
  },
  'source-content-capture': {
    title: 'Instrumentation that is told to capture content',
    severity: 'high',
    points: 14,
    catalogue: ['owasp-mcp:MCP08', 'owasp-mcp:MCP10', 'cwe:CWE-532'],
    remedy: 'Switch capture of content off, in words, where the default is on.',
    example: 'traceloop.initialize({ traceContent: false });',
  },
  'source-content-switch': {
    title: 'A switch that puts content on spans, off by default',
    severity: 'info',
    points: 0,
    catalogue: ['owasp-mcp:MCP08'],
    remedy: 'Keep it off outside of a test environment, and say so where it is documented.',
  },
  'source-plain-digest': {
    title: 'Content exported as a digest without a key',
    severity: 'low',
    points: 3,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-759'],
    remedy: 'Use a keyed digest: whoever sees a plain one can try out short values.',
    example: "createHmac('sha256', key).update(args.email).digest('hex');",
  },
  'source-secret-values': {
    title: 'Credentials in resource or span attributes',
    severity: 'high',
    points: 14,
    catalogue: ['owasp-mcp:MCP01', 'owasp-mcp:MCP08', 'cwe:CWE-532'],
    remedy: 'Name the resource by service, version and instance. A resource goes with every span.',
    example: "resourceFromAttributes({ 'service.name': 'files', 'service.version': version });",
  },
  'source-baggage-forwarded': {
    title: 'Inbound baggage reaches downstream calls',
    severity: 'high',
    points: 16,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-501', 'cwe:CWE-807'],
    remedy: 'Drop inbound baggage before anything is injected; add what the server itself knows.',
    example:
      'const safe = propagation.deleteBaggage(propagation.extract(ROOT_CONTEXT, carrier));\n' +
      'propagation.inject(safe, headers);',
  },
  'source-baggage-trusted': {
    title: 'Baggage decides on access or routing',
    severity: 'high',
    points: 14,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-807', 'cwe:CWE-290'],
    remedy: 'Decide by what was authenticated. Whoever calls writes the baggage.',
    example: "if (!extra.authInfo?.scopes.includes('files:write')) return denied();",
  },
  'source-trace-id-returned': {
    title: 'Trace ids go back to the client',
    severity: 'high',
    points: 14,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-200'],
    remedy: 'Keep trace ids in server-side logs. Give users a random id of the error instead.',
    example: "return { content: [{ type: 'text', text: 'Failed, case ' + randomUUID() }] };",
  },
  'source-flat-sampler': {
    title: 'Sampling that drops security events',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-778'],
    remedy: 'Keep failures and rejections in full; sample only the rest.',
    example:
      'shouldSample(context, traceId, name, kind, attributes, links) {\n' +
      "  if (attributes['security.event'] === true)\n" +
      '    return { decision: SamplingDecision.RECORD_AND_SAMPLED };\n' +
      '  return this.#base.shouldSample(context, traceId, name, kind, attributes, links);\n' +
      '}',
  },
  'source-parent-sampler': {
    title: 'Clients decide what is sampled',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-778', 'cwe:CWE-807'],
    remedy: 'Follow the flag of trusted parents only; decide anew for all remote ones.',
    example:
      'new ParentBasedSampler({ root, remoteParentSampled: root, remoteParentNotSampled: root });',
  },
  'source-plain-export': {
    title: 'Telemetry is exported in plain text',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP08', 'cwe:CWE-319'],
    remedy: 'Export over TLS, or to a collector on the same machine.',
    example: "new OTLPTraceExporter({ url: 'https://collector.internal:4318/v1/traces' });",
  },
  'source-export-credentials': {
    title: 'Credentials of an exporter are written down',
    severity: 'high',
    points: 14,
    catalogue: ['owasp-mcp:MCP01', 'cwe:CWE-798'],
    remedy: 'Read them at start from a file or the environment of the machine that runs it.',
    example: 'new OTLPTraceExporter({ headers: { authorization: readFileSync(path, "utf8") } });',
  },
  'source-session-in-url': {
    title: 'Session ids in URLs',
    severity: 'medium',
    points: 6,
    catalogue: ['owasp-mcp:MCP01', 'cwe:CWE-598'],
    remedy: 'Carry the session in a header: URLs end up in logs, spans and histories.',
    example: "await client.post(url, { headers: { 'mcp-session-id': sessionId } });",
  },
};

const TABLE: Readonly<Record<CheckId, Omit<Check, 'id'>>> = {
  ...CODE_CHECKS,
  ...CONFIGURATION_CHECKS,
};

/** All checks of source, in the order of reports. */
export const SOURCE_CHECKS: readonly (Check & { readonly id: CheckId })[] = (
  Object.keys(TABLE) as CheckId[]
).map((id) => ({ id, ...TABLE[id] }));
