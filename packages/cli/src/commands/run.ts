import { CodedError, type ContextPolicy } from '@spoor/core';
import {
  exitAs,
  type RunOptions,
  runWrapper,
  sayToTerminal,
  type WrappedServer,
} from '@spoor/sensor/run';
import { stdioTrust } from '@spoor/sensor/trust';
import type { Command, Context } from '../command.ts';
import { type Config, readConfig } from '../config.ts';
import { RULES_FOLDER } from '../places.ts';
import { serverName } from '../servername.ts';
import { startHubInBackground } from '../starthub.ts';
import { upstreamHeaders, upstreamUrl } from '../upstreamflags.ts';
import { VERSION } from '../version.ts';

export const run: Command = {
  usage: '[--name N] [--enforce] [--trust P] [--config F] (-- <command> [args…] | --url U)',
  summary:
    'Starts or reaches an MCP server and stands between it and its client, on standard input and output.',
  flags: {
    name: {
      type: 'string',
      placeholder: 'N',
      help: "The server's name on screens and in rules; default from the command",
    },
    enforce: { type: 'boolean', help: 'Denials are real for this server' },
    trust: {
      type: 'string',
      placeholder: 'P',
      help: 'Trace context for this server: continue, restart-link or drop; default trust.server',
    },
    'keep-identity': {
      type: 'boolean',
      help: 'This server gets the proofs of who calls; default trust.identity',
    },
    'attest-key': {
      type: 'string',
      placeholder: 'F',
      help: 'Sign with this key who has started the server; default attest.key',
    },
    config: { type: 'string', placeholder: 'F', help: 'Another configuration file' },
    url: {
      type: 'string',
      placeholder: 'U',
      help: 'A server elsewhere that speaks Streamable HTTP, in place of a command',
    },
    'url-env': {
      type: 'string',
      placeholder: 'VAR',
      help: 'The same from the environment, for an address that holds a secret',
    },
    'header-env': {
      type: 'string',
      placeholder: 'NAME=VAR',
      multiple: true,
      help: 'A header for that server, with its value from the environment',
    },
    'bearer-env': {
      type: 'string',
      placeholder: 'VAR',
      help: 'A token for that server, from the environment',
    },
  },
  more: [
    'Ends as the server ends: its exit code, or its signal. Starts a hub in the background when none runs.',
    'With --url it ends with 0 when the client leaves, and with 69 when the server has ended the session.',
    'A server elsewhere that wants its users to sign in (OAuth) answers with UPSTREAM_UNAUTHORIZED: a',
    'wrapper can only pass on a header that it was given.',
  ].join('\n'),
  run: async (context) => {
    const { flags, env, home } = context;
    const server = serverOf(context);
    const settings = await readConfig(
      String(flags.config ?? home.config),
      {
        'trust-server': flags.trust,
        'trust-identity': flags['keep-identity'],
        'attest-key': flags['attest-key'],
      },
      env,
    );
    const exit = await runWrapper({
      server,
      name: typeof flags.name === 'string' ? flags.name : nameOf(server),
      ...(flags.enforce === true ? { mode: 'enforce' as const } : {}),
      trust: trustOf(settings),
      ...attestOf(settings),
      home,
      version: VERSION,
      rulesFolder: settings.text('rules') ?? RULES_FOLDER,
      ...(settings.flag('autostart') ? { startHub: () => startHubInBackground(home, env) } : {}),
      say: sayToTerminal,
    });
    return exitAs(exit);
  },
};

function serverOf(context: Context): WrappedServer {
  const url = upstreamUrl(context);
  const [command, ...args] = context.rest;
  if ((command === undefined) === (url === undefined) || context.words.length > 0)
    throw new CodedError('USAGE', 'the server command stands after --, or --url says where it is');
  const headers = upstreamHeaders(context);
  if (url !== undefined) return { kind: 'url', url, headers };
  if (headers.length > 0) throw new CodedError('USAGE', 'headers are for a server with --url');
  return { kind: 'command', command: command ?? '', args };
}

const nameOf = (server: WrappedServer): string =>
  server.kind === 'url' ? server.url.hostname : serverName([server.command, ...server.args]);

function attestOf(settings: Config): Pick<RunOptions, 'attest'> {
  const key = settings.text('attest.key');
  if (key === undefined) return {};
  const [issuer, audience] = ['attest.issuer', 'attest.audience'].map((name) =>
    settings.text(name),
  );
  return { attest: { key, issuer, audience } };
}

const trustOf = (settings: Config): ReturnType<typeof stdioTrust> =>
  stdioTrust({
    client: settings.text('trust.client') as ContextPolicy,
    server: settings.text('trust.server') as ContextPolicy,
    baggage: settings.text('trust.baggage'),
    identity: settings.flag('trust.identity'),
  });
