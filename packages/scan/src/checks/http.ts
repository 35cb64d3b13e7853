import { classifyTool } from '@spoor/detect';
import type { Evidence, HttpProbeName } from '../evidence.ts';
import type { Check, Finding } from '../finding.ts';
import type { DynamicCheck } from './check.ts';

const STDIO = 'the server speaks stdio';

/** A check that one request of ours should have been refused. */
const refusing = (
  name: HttpProbeName,
  check: Check,
  what: string,
  reproduce: string,
): DynamicCheck => ({
  check,
  judge: ({ http }) => {
    if (http === undefined) return STDIO;
    const outcome = http.probes.find((probe) => probe.name === name)?.outcome;
    if (outcome === undefined) return 'the request was not made';
    if (outcome.status === 'not-tested') return outcome.why;
    if (outcome.status === 'refused') return [];
    return [{ what, where: http.url.pathname, evidence: outcome.evidence, reproduce }];
  },
});

const originChecked = refusing(
  'origin',
  {
    id: 'origin-checked',
    title: 'Pages of other origins are refused',
    severity: 'high',
    points: 10,
    catalogue: ['cosai:T7', 'cosai:T8', 'cwe:346', 'mcp:2026-07-28'],
    remedy: 'Compare Origin with a list and answer 403 to all others.',
    example: "createMcpExpressApp({ allowedHosts: ['localhost', '127.0.0.1'] });",
  },
  'A request with the Origin of a foreign page is answered like any other',
  "curl -X POST -H 'Origin: https://evil.example' …",
);

const hostChecked = refusing(
  'host',
  {
    id: 'host-checked',
    title: 'Names that merely lead here are refused',
    severity: 'high',
    points: 10,
    catalogue: ['cosai:T8', 'cwe:350', 'cve:2025-66414'],
    remedy: 'Compare Host with the names that the server is known by: a page can rebind any other.',
    example: "app.use(hostHeaderValidation(['localhost', '127.0.0.1']));",
  },
  'A request with the Host of a foreign name is answered like any other (DNS rebinding)',
  "curl -X POST -H 'Host: evil.example' …",
);

const headerMismatch = refusing(
  'mismatch',
  {
    id: 'header-mismatch',
    title: 'Headers that contradict the body are refused',
    severity: 'medium',
    points: 8,
    catalogue: ['cosai:T7', 'cwe:436', 'mcp:2026-07-28'],
    remedy: 'Answer 400 with the code -32020 where Mcp-Method or Mcp-Name differ from the body.',
    example: "import { createMcpHandler } from '@modelcontextprotocol/server';",
  },
  'A body with server/discover passes under the header Mcp-Method: tools/list',
  'curl -X POST -H \'Mcp-Method: tools/list\' -d \'{…"method":"server/discover"…}\' …',
);

const largeBodies = refusing(
  'large',
  {
    id: 'large-bodies',
    title: 'Bodies have a largest size',
    severity: 'medium',
    points: 6,
    catalogue: ['cosai:T10', 'cwe:770'],
    remedy: 'Stop reading at a few MiB and answer 413.',
    example: "app.use(express.json({ limit: '4mb' }));",
  },
  'A body of 24 MiB is read to its end and answered',
  'Send a first message with 24 MiB of padding',
);

const openToPages = refusing(
  'preflight',
  {
    id: 'cors',
    title: 'Pages of other origins may not read answers',
    severity: 'low',
    points: 4,
    catalogue: ['cosai:T7', 'cwe:942'],
    remedy: 'Name the origins that may read; never allow all, or whichever asks.',
    example: "cors({ origin: ['https://app.example'] })",
  },
  'Every page may read what the server answers',
  "curl -X OPTIONS -H 'Origin: https://evil.example' …",
);

const authentication: DynamicCheck = {
  check: {
    id: 'authentication',
    title: 'A server on the network asks who calls',
    severity: 'high',
    points: 14,
    catalogue: ['owasp-mcp:MCP07', 'cosai:T1', 'cwe:306'],
    remedy: 'Ask for a token whose audience is this server, before anything is answered.',
    example: 'app.post(path, requireBearerAuth({ verifier }), handler);',
  },
  judge: ({ http }) => {
    if (http === undefined) return STDIO;
    if (http.isLoopback) return 'the address is of this machine (see authentication-local)';
    return anonymous(http.probes, 'Anybody on the network may use the server');
  },
};

const authenticationLocal: DynamicCheck = {
  check: {
    id: 'authentication-local',
    title: 'A server of this machine asks who calls',
    severity: 'low',
    points: 4,
    catalogue: ['owasp-mcp:MCP07', 'cosai:T1', 'cwe:306'],
    remedy: 'Use stdio, or a token that only the user can read: every process may connect.',
    example: 'app.post(path, requireBearerAuth({ verifier }), handler);',
  },
  judge: ({ http }) => {
    if (http === undefined) return STDIO;
    if (!http.isLoopback) return 'the address is elsewhere (see authentication)';
    return anonymous(http.probes, 'Every process of this machine may use the server');
  },
};

function anonymous(
  probes: NonNullable<Evidence['http']>['probes'],
  what: string,
): readonly Finding[] | string {
  const outcome = probes.find(({ name }) => name === 'anonymous')?.outcome;
  if (outcome === undefined || outcome.status === 'not-tested')
    return outcome?.why ?? 'the request was not made';
  if (outcome.status === 'refused') return [];
  const { evidence } = outcome;
  return [
    { what, where: 'authorization', evidence, reproduce: 'Send a request without any token' },
  ];
}

const privilegedAnonymous: DynamicCheck = {
  check: {
    id: 'tool-authorization',
    title: 'Tools that do harm need more than a connection',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP02', 'cosai:T2', 'cwe:862'],
    remedy: 'Check a scope for each tool, and answer 403 with the scope that is missing.',
    example: "if (!auth.scopes.includes('files:write')) throw new InsufficientScopeError();",
  },
  judge: ({ http, runs }) => {
    if (http === undefined) return STDIO;
    const outcome = http.probes.find(({ name }) => name === 'anonymous')?.outcome;
    if (outcome?.status !== 'accepted') return 'the server asks who calls; scopes were not tried';
    const acting = (runs[0]?.tools ?? []).flatMap((tool) => {
      const labels = classifyTool(tool).labels.filter((label) => HARMFUL.has(label));
      return labels.length === 0 ? [] : [`${tool.name} (${labels.join(', ')})`];
    });
    if (acting.length === 0) return [];
    const what = 'Tools that can do harm are there for callers without any token';
    const evidence = acting.join(', ');
    return [
      { what, where: 'tools/list', evidence, reproduce: 'Ask for tools/list without a token' },
    ];
  },
};

const HARMFUL: ReadonlySet<string> = new Set([
  'destructive',
  'executes-code',
  'financial',
  'privileged',
  'shares-externally',
]);

const plainHttp: DynamicCheck = {
  check: {
    id: 'plain-http',
    title: 'Nothing goes over the network in plain text',
    severity: 'high',
    points: 10,
    catalogue: ['owasp-mcp:MCP01', 'cosai:T7', 'cwe:319'],
    remedy: 'Serve over TLS, and redirect nothing from plain http that carries a token.',
    example: 'https.createServer({ key, cert }, app).listen(443);',
  },
  judge: ({ http }) => {
    if (http === undefined) return STDIO;
    if (http.isLoopback) return 'the address is of this machine';
    if (http.url.protocol === 'https:') return [];
    const what = http.hasCredentials
      ? 'Credentials and content go over the network in plain text'
      : 'Content goes over the network in plain text';
    return [
      { what, where: http.url.origin, evidence: http.url.protocol, reproduce: 'Look at the URL' },
    ];
  },
};

const SESSION = /[?&](?:session_?id|sid|session|token)=[^&]+/i;

const sessionInUrl: DynamicCheck = {
  check: {
    id: 'session-in-url',
    title: 'Ids of sessions do not stand in URLs',
    severity: 'medium',
    points: 6,
    catalogue: ['cosai:T7', 'cwe:598'],
    remedy: 'Use Streamable HTTP, where the session is a header, or no session at all.',
    example: 'new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });',
  },
  judge: ({ http }) => {
    if (http === undefined) return STDIO;
    const places = [http.url.search, http.endpoint ?? ''];
    const place = places.find((text) => SESSION.test(text));
    if (place === undefined) return [];
    const evidence = place.replace(/=[^&]+/g, '=…');
    const what = 'Whoever sees the URL in a log can speak in the session';
    return [
      { what, where: 'endpoint', evidence, reproduce: 'Read the `endpoint` event of the stream' },
    ];
  },
};

export const HTTP_CHECKS: readonly DynamicCheck[] = [
  authentication,
  originChecked,
  hostChecked,
  plainHttp,
  headerMismatch,
  privilegedAnonymous,
  sessionInUrl,
  largeBodies,
  authenticationLocal,
  openToPages,
];
