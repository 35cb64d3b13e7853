import { CodedError, type ContextPolicy } from '@spoor/core';
import { exitAs, runWrapper, sayToTerminal } from '@spoor/sensor/run';
import { stdioTrust } from '@spoor/sensor/trust';
import type { Command } from '../command.ts';
import { type Config, readConfig } from '../config.ts';
import { RULES_FOLDER } from '../places.ts';
import { serverName } from '../servername.ts';
import { startHubInBackground } from '../starthub.ts';
import { VERSION } from '../version.ts';

export const run: Command = {
  usage: '[--name N] [--enforce] [--trust P] [--config F] -- <command> [args…]',
  summary:
    'Starts an MCP server and stands between it and its client, on standard input and output.',
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
    config: { type: 'string', placeholder: 'F', help: 'Another configuration file' },
  },
  more: 'Ends as the server ends: its exit code, or its signal. Starts a hub in the background when none runs.',
  run: async (context) => {
    const { flags, env, home } = context;
    const [command, ...args] = context.rest;
    if (command === undefined || context.words.length > 0) {
      throw new CodedError('USAGE', 'the server command stands after --');
    }
    const settings = await readConfig(
      String(flags.config ?? home.config),
      { 'trust-server': flags.trust, 'trust-identity': flags['keep-identity'] },
      env,
    );
    const exit = await runWrapper({
      command,
      args,
      name: typeof flags.name === 'string' ? flags.name : serverName(context.rest),
      ...(flags.enforce === true ? { mode: 'enforce' as const } : {}),
      trust: trustOf(settings),
      home,
      version: VERSION,
      rulesFolder: settings.text('rules') ?? RULES_FOLDER,
      ...(settings.flag('autostart') ? { startHub: () => startHubInBackground(home, env) } : {}),
      say: sayToTerminal,
    });
    return exitAs(exit);
  },
};

const trustOf = (settings: Config): ReturnType<typeof stdioTrust> =>
  stdioTrust({
    client: settings.text('trust.client') as ContextPolicy,
    server: settings.text('trust.server') as ContextPolicy,
    baggage: settings.text('trust.baggage'),
    identity: settings.flag('trust.identity'),
  });
