import { CodedError } from '@spoor/core';
import { hasFailed, scan as scanTarget } from '@spoor/scan';
import type { Command } from '../../command.ts';
import { VERSION } from '../../version.ts';
import { scanConfigured } from './configured.ts';
import { OUTPUT_FLAGS, tell } from './outputs.ts';
import { headersOf, lockOf, scoreOf, severityOf, targetOf, variablesOf } from './target.ts';

export const scan: Command = {
  usage: '[flags] (-- <command> [args…] | <url> | <folder> | --config)',
  summary:
    'Grades how securely an MCP server traces: drives it with canaries and looks where they come out.',
  flags: {
    config: { type: 'boolean', help: 'Scan every server that a client here is configured for' },
    'allow-destructive': { type: 'boolean', help: 'Call tools that destroy or pay, too' },
    network: { type: 'boolean', help: 'Let the server use the network of this machine' },
    url: {
      type: 'string',
      placeholder: 'U',
      help: 'Where the server that the command starts listens, if it speaks HTTP',
    },
    env: {
      type: 'string',
      placeholder: 'VAR',
      multiple: true,
      help: 'A variable that the server gets from our environment; OTEL_* are only read',
    },
    'header-env': {
      type: 'string',
      placeholder: 'NAME=VAR',
      multiple: true,
      help: 'A header for the server, with its value from the environment',
    },
    'bearer-env': { type: 'string', placeholder: 'VAR', help: 'A bearer token, likewise' },
    lock: { type: 'string', placeholder: 'F', help: 'Compare definitions with this lock file' },
    ...OUTPUT_FLAGS,
    'fail-on': {
      type: 'string',
      placeholder: 'S',
      help: 'End with 1 from this severity on: critical, high (default), medium, low, info, never',
    },
    'fail-under': { type: 'string', placeholder: 'N', help: 'End with 1 for a score below this' },
  },
  more: [
    'The server gets a folder of its own ({workspace} in its arguments), a home of its own and, where',
    'the system permits, a network with nobody in it but the scanner. What could not be tested is said',
    'to be so, and never passes.',
    '',
    'Examples:',
    '  spoor scan -- node server.js',
    '  spoor scan --html report.html -- node files-server.js {workspace}',
    '  spoor scan --bearer-env TOKEN https://mcp.example.com/mcp',
    '  spoor scan --sarif scan.sarif ./src',
    '',
    'Exit codes: 0 no finding of that severity, 1 there is one, 2 usage, 69 no MCP server answers.',
  ].join('\n'),
  run: async (context) => {
    const { flags } = context;
    const failOn = severityOf(flags['fail-on']);
    const under = scoreOf(flags['fail-under']);
    const onProgress = process.stderr.isTTY === true ? progress : () => {};
    if (flags.config === true) {
      if (context.words.length + context.rest.length > 0)
        throw new CodedError('USAGE', '--config takes no other target');
      return scanConfigured(context, { failOn, under, onProgress });
    }
    const done = await scanTarget(targetOf(context), {
      scanner: VERSION,
      allowDestructive: flags['allow-destructive'] === true,
      network: flags.network === true,
      env: variablesOf(context),
      headers: headersOf(context),
      ...(await lockOf(flags.lock)),
      onProgress,
    });
    onProgress('');
    await tell(context, done);
    const { results, score } = done.report;
    return (failOn !== undefined && hasFailed(results, failOn)) || score < under ? 1 : 0;
  },
};

const CHARS_MAX = 100;

/** One line, written over again and again. */
const progress = (text: string): void =>
  void process.stderr.write(`\r\x1b[2K${text.replace(/[^\x20-\x7e]/g, '?').slice(0, CHARS_MAX)}`);
