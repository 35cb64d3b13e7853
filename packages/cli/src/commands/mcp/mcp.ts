import { maskText } from '@spoor/detect';
import { readHubAddress } from '@spoor/edge/home';
import { instrument } from '@spoor/instrument';
import {
  admitAll,
  admitTokens,
  type Caller,
  createLog,
  Library,
  type Log,
  type McpSettings,
  QueryServer,
  serveHttp,
  serveOnStdio,
} from '@spoor/query';
import type { Command, Context } from '../../command.ts';
import { DOCS_FOLDER } from '../../places.ts';
import { VERSION } from '../../version.ts';
import { check } from './check.ts';
import { deploymentsOf } from './deployments.ts';
import { FLAGS } from './flags.ts';
import { settingsOf } from './settings.ts';

/** How long others have to notice that a server that was told to end takes no more. */
const DRAIN_DELAY_MS = 3_000;

export const mcp: Command = {
  usage: '[--mode stdio|http|sse] [--listen A] [--file F] [--docs D] [--check]',
  summary: 'Lets assistants read traces and evidence, as an MCP server that only reads.',
  flags: FLAGS,
  more: [
    'Without settings it reads from your own hub. It takes the variables of mcp-victoriatraces',
    '(VT_INSTANCE_ENTRYPOINT, VT_INSTANCE_BEARER_TOKEN, VT_INSTANCE_HEADERS, VT_DEFAULT_TENANT_ID,',
    'MCP_SERVER_MODE, MCP_LISTEN_ADDR, MCP_DISABLED_TOOLS, MCP_HEARTBEAT_INTERVAL, MCP_LOG_FORMAT,',
    'MCP_LOG_LEVEL), or a file:',
    '',
    '  deployments:',
    '    - name: prod',
    '      kind: victoriatraces         # or spoor, jaeger, tempo',
    '      url: https://traces.example.com',
    '      token: { file: /run/secrets/traces }   # or env, or command',
    '      tenant: "0:0"',
    '      tenants: ["1:0"]             # others that may be asked for',
    '  allow: [traces, documentation]   # content shows all attributes of spans',
    '  authorization:                   # over HTTP, tokens for this server',
    '    resource: https://mcp.example.com/mcp',
    '    issuer: https://login.example.com',
    '    keys: https://login.example.com/jwks',
    '  callers:',
    '    - { subject: alice, tenants: ["1:0"] }',
    '',
    'Snippets for MCP clients: docs/mcp.md.',
  ].join('\n'),
  run: async (context) => {
    const settings = await settingsOf(context);
    const { logFormat, logLevel } = settings;
    const log = createLog(logFormat, logLevel, context.out.note, () => new Date());
    const deployments = deploymentsOf(settings.deployments, context, log);
    try {
      if (context.flags.check === true) return await check(context, settings, deployments);
      await serve(queryServer(settings, deployments, log, context), settings, context);
      return 0;
    } finally {
      await Promise.all(deployments.map(({ reader }) => reader.close()));
    }
  },
};

function queryServer(
  settings: McpSettings,
  deployments: ReturnType<typeof deploymentsOf>,
  log: Log,
  { home }: Context,
): QueryServer {
  const { disabled, docs } = settings;
  return new QueryServer({
    version: VERSION,
    deployments,
    masker: { mask: maskText },
    library: new Library([
      { name: 'spoor', folder: DOCS_FOLDER },
      ...docs.map((folder) => ({ folder })),
    ]),
    log,
    nowMs: Date.now,
    disabled: new Set(disabled),
    // With a hub, it is told of each call, which then stands in its ledger.
    prepare: (server) => {
      if (readHubAddress(home) !== undefined)
        instrument(server, { name: 'spoor', hub: { home: home.folder } });
    },
  });
}

async function serve(
  query: QueryServer,
  settings: McpSettings,
  { flags, out }: Context,
): Promise<void> {
  const { mode, host, port, allow, authorization } = settings;
  const caller: Caller = { id: 'local', permissions: new Set(allow) };
  if (mode === 'stdio') {
    const stdio = serveOnStdio(query, { ...caller, local: true });
    await Promise.race([stdio.ended, stopped()]);
    await stdio.close();
    return;
  }
  const admission =
    authorization === undefined ? admitAll(caller) : admitTokens(authorization, settings.callers);
  const { hosts, origins, heartbeatMs } = settings;
  const options = { host, port, mode, hosts, origins, heartbeatMs, admission };
  const running = await serveHttp(query, options);
  const url = `http://${host}:${running.port}/mcp`;
  if (flags.json === true) out.json({ url });
  else out.line(`listening on ${url}`);
  const signal = await stopped();
  await running.close(signal === 'SIGTERM' ? DRAIN_DELAY_MS : 0);
}

function stopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => resolve(signal));
  });
}
