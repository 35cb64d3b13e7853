import { readFile } from 'node:fs/promises';
import { CodedError, type ContextPolicy } from '@spoor/core';
import {
  commandUpstream,
  GATEWAY_LISTEN,
  GATEWAY_PORT,
  type GatewayFile,
  readGatewayFile,
  singleUpstream,
  startGateway,
  type TrustFor,
} from '@spoor/sensor/gateway';
import { GATEWAY_CLIENT, stdioTrust } from '@spoor/sensor/trust';
import type { Command, Context } from '../command.ts';
import { type Config, readConfig } from '../config.ts';
import { visible } from '../output.ts';
import { RULES_FOLDER } from '../places.ts';
import { serverName } from '../servername.ts';
import { startHubInBackground } from '../starthub.ts';
import { VERSION } from '../version.ts';

export const gateway: Command = {
  usage: '--url U | --file F | --stdio -- <command> [args…]  [--name N] [--port P] [--enforce]',
  summary: 'Stands between MCP clients and servers that speak HTTP.',
  flags: {
    url: { type: 'string', placeholder: 'U', help: "The server's MCP endpoint" },
    stdio: { type: 'boolean', help: 'Serve the command behind -- over HTTP' },
    name: {
      type: 'string',
      placeholder: 'N',
      help: "The server's name on screens and in rules; default its host name",
    },
    file: { type: 'string', placeholder: 'F', help: 'A YAML file that names one server or many' },
    port: { type: 'string', placeholder: 'P', help: `Port to listen on; default ${GATEWAY_PORT}` },
    listen: {
      type: 'string',
      placeholder: 'A',
      help: `Address to listen on; default ${GATEWAY_LISTEN}`,
    },
    enforce: { type: 'boolean', help: 'Denials are real for this server' },
    config: { type: 'string', placeholder: 'F', help: 'Another configuration file' },
  },
  more: [
    'With --url, clients find the server under the same path, on the port of the gateway. A file has:',
    '',
    '  port: 7341',
    '  hosts: [mcp.example.com]       # names, beside localhost, that clients may use',
    '  origins: [https://example.com] # pages, beside local ones, that may call',
    '  upstreams:',
    '    - name: files',
    '      url: http://127.0.0.1:3000/mcp',
    '      path: /files',
    '      mode: enforce              # or observe; default: the policy of the hub',
    '      host: preserve             # pass the name on that the client used; default upstream',
    '      trust: continue            # or restart-link, drop; default: the setting trust.server',
    '      identity: keep             # pass proofs of who calls on; default: the setting trust.identity',
    '      authorization:             # without it, that of the upstream passes unchanged',
    '        resource: https://mcp.example.com/files',
    '        issuer: https://login.example.com',
    '        keys: https://login.example.com/jwks',
    '        scopes: [files]',
    '        token: { file: /run/secrets/files }   # for the upstream; or env, or exchange',
  ].join('\n'),
  run: async (context) => {
    const { flags, env, home, out } = context;
    const settings = await readConfig(String(flags.config ?? home.config), {}, env);
    const file = await setUp(context, trustBy(settings));
    const running = await startGateway({
      ...file,
      home,
      version: VERSION,
      rulesFolder: settings.text('rules') ?? RULES_FOLDER,
      ...(settings.flag('autostart') ? { startHub: () => startHubInBackground(home, env) } : {}),
    });
    const at = `http://${file.listen === GATEWAY_LISTEN ? 'localhost' : file.listen}:${running.port}`;
    const endpoints = file.upstreams.map(({ name, path }) => ({ name, url: at + path }));
    if (flags.json === true) out.json({ endpoints });
    else for (const { name, url } of endpoints) out.line(`${visible(name)} listening on ${url}`);
    await stopped();
    await running.close();
    if (flags.json === true) out.json({ counts: running.counts });
    return 0;
  },
};

const trustBy =
  (settings: Config): TrustFor =>
  (server, identity) =>
    stdioTrust({
      client: clientOf(settings),
      server: server ?? (settings.text('trust.server') as ContextPolicy),
      baggage: settings.text('trust.baggage'),
      identity: identity ?? settings.flag('trust.identity'),
    });

/** What a wrapper does without a setting is no measure for a gateway. */
const clientOf = (settings: Config): ContextPolicy =>
  settings.values.get('trust.client')?.source === 'default'
    ? GATEWAY_CLIENT
    : (settings.text('trust.client') as ContextPolicy);

async function setUp({ flags, words, rest }: Context, trust: TrustFor): Promise<GatewayFile> {
  const ways = [flags.url, flags.file, flags.stdio].filter((way) => way !== undefined);
  const isStdio = flags.stdio === true;
  if (ways.length !== 1 || words.length > 0 || isStdio !== rest.length > 0)
    throw new CodedError('USAGE', 'either --url, or --file, or --stdio with a command behind --');
  const file =
    typeof flags.file === 'string'
      ? readGatewayFile(await readYaml(flags.file), trust)
      : single(flags, rest, trust);
  return {
    ...file,
    ...(typeof flags.listen === 'string' ? { listen: flags.listen } : {}),
    ...(typeof flags.port === 'string' ? { port: portOf(flags.port) } : {}),
  };
}

function single(
  { url, name, enforce }: Context['flags'],
  command: readonly string[],
  trust: TrustFor,
): GatewayFile {
  const called = typeof name === 'string' ? name : undefined;
  const upstream =
    command.length === 0
      ? singleUpstream(String(url), called, trust(undefined))
      : commandUpstream(command, called ?? serverName(command), trust(undefined));
  return {
    upstreams: [enforce === true ? { ...upstream, mode: 'enforce' } : upstream],
    listen: GATEWAY_LISTEN,
    port: GATEWAY_PORT,
    hosts: [],
    origins: [],
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new CodedError('USAGE', `--port ${text}`);
}

async function readYaml(path: string): Promise<unknown> {
  const { parseDocument } = await import('yaml');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('GATEWAY_CONFIG', path, error);
  });
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error === undefined) return document.toJS({ maxAliasCount: 0 });
  const [at] = error.linePos ?? [];
  throw new CodedError('GATEWAY_CONFIG', `${path}:${at?.line ?? 0}:${at?.col ?? 0} ${error.code}`);
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
