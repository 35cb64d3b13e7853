import { homedir } from 'node:os';
import { readDocument } from '@spoor/edge/clients';
import type { Output } from '../command.ts';
import { paint, visible } from '../output.ts';
import { diffLines } from './diff.ts';
import { maskText } from './mask.ts';
import type { FilePlan } from './plan.ts';

/** One file: its servers, and what would change, with everything hidden that may be secret. */
export function showPlan(out: Output, plan: FilePlan): void {
  const { config, action } = plan;
  out.line(`${paint(out, 'bold', config.client.title)}  ${shortPath(config.path)}`);
  const width = Math.max(0, ...plan.servers.map(({ name }) => visible(name).length)) + 2;
  for (const { name, state, why } of plan.servers) {
    const words = why === undefined ? STATES[state] : `${STATES[state]}: ${why}`;
    out.line(`  ${visible(name).padEnd(width)}${paint(out, STYLES[state], words)}`);
  }
  if (action.kind === 'left') out.line(paint(out, 'yellow', `  left as it is: ${action.why}`));
  if (action.kind === 'failed') {
    out.note(`  ${paint(out, 'red', action.error.code)} ${visible(action.error.message)}`);
  }
  if (action.kind === 'change') showDiff(out, plan, action.file.text, action.edited.text);
}

const STATES = {
  wrapped: 'runs behind Spoor',
  bare: 'not wrapped',
  remote: 'not wrapped',
  unknown: 'not wrapped',
} as const;

const STYLES = { wrapped: 'green', bare: 'yellow', remote: 'dim', unknown: 'dim' } as const;

export const shortPath = (path: string): string =>
  visible(path.startsWith(`${homedir()}/`) ? `~${path.slice(homedir().length)}` : path);

function showDiff(out: Output, { config }: FilePlan, before: string, after: string): void {
  const masked = [before, after].map((text) => {
    const document = readDocument(text, config.format, config.at);
    return document.ok ? maskText(text, document) : '';
  });
  out.line(paint(out, 'dim', `--- ${shortPath(config.path)}`));
  out.line(paint(out, 'dim', `+++ ${shortPath(config.path)}`));
  for (const { kind, text } of diffLines(masked[0] ?? '', masked[1] ?? '')) {
    const { sign, style } = SIGNS[kind];
    const line = `${sign}${visible(text)}`;
    out.line(style === undefined ? line : paint(out, style, line));
  }
}

const SIGNS = {
  same: { sign: ' ', style: undefined },
  gone: { sign: '-', style: 'red' },
  new: { sign: '+', style: 'green' },
  place: { sign: '', style: 'cyan' },
} as const;

/** For programs; no argument and no value of a file is in it. */
export const planAsJson = ({ config, servers, action }: FilePlan): object => ({
  client: config.client.id,
  scope: config.scope,
  path: config.path,
  action: action.kind,
  servers,
  ...(action.kind === 'left' ? { why: action.why } : {}),
  ...(action.kind === 'failed'
    ? { error: { code: action.error.code, message: action.error.message } }
    : {}),
});
