import type { Call } from '../flow/context.ts';
import type { At } from '../flow/machine.ts';
import { exported } from './values.ts';

const LEVELS = /^(?:log|trace|debug|info|notice|warn|warning|error|fatal|verbose|silly|emit)$/;
const LOGGERS =
  /(?:^|[._])(?:console|log|logger|logging|pino|winston|bunyan|otelLogger)(?:$|[.(!?])|Logger$/i;

/** What a handler writes to its log or to stderr. */
export function loggedValues(call: Call, at: At): void {
  const isLog = LEVELS.test(call.name) && LOGGERS.test(call.receiverText);
  const isStream = call.name === 'write' && /std(?:err|out)/.test(call.receiverText);
  if (!isLog && !isStream) return;
  const target = isStream || /console/.test(call.receiverText) ? 'stderr or stdout' : 'a log';
  for (const value of call.args)
    exported(value, call.node, { content: 'source-log-values', target }, at);
}
