import { setTimeout as delay } from 'node:timers/promises';
import { type AskView, CodedError } from '@spoor/core';
import { type HubApi, hubApi } from '../../client.ts';
import type { Context, Output } from '../../command.ts';
import { byLevel, identityQuery } from '../../identity.ts';
import { paint, visible } from '../../output.ts';

export async function listApprovals({ words, flags, home, out }: Context): Promise<number> {
  if (words.length > 1) throw new CodedError('USAGE', 'approvals list');
  const { rows } = await waiting(hubApi(home), identityQuery(flags));
  if (flags.json === true) out.json(rows);
  else if (rows.length === 0)
    out.line(`No call${flags.identity === undefined ? '' : ' of that level'} waits for a person.`);
  for (const ask of flags.json === true ? [] : rows) show(ask, out);
  return 0;
}

export function followApprovals({ words, flags, home, out }: Context): Promise<number> {
  if (words.length > 1) throw new CodedError('USAGE', 'approvals follow');
  return watch(hubApi(home), flags, out);
}

/** @param query As `identityQuery` makes it. */
export const waiting = (api: HubApi, query = ''): Promise<{ readonly rows: readonly AskView[] }> =>
  api.get(`/api/v1/asks?${query.slice(1)}`);

const WATCH_EVERY_MS = 500;

/** Until it is interrupted, or the hub is gone. */
async function watch(api: HubApi, flags: Context['flags'], out: Output): Promise<never> {
  let known: ReadonlySet<string> = new Set();
  for (;;) {
    const { rows } = await waiting(api, identityQuery(flags));
    for (const ask of rows.filter((one) => !known.has(one.case))) {
      if (flags.json === true) out.json(ask);
      else show(ask, out);
    }
    known = new Set(rows.map((one) => one.case));
    await delay(WATCH_EVERY_MS);
  }
}

function show(ask: AskView, out: Output): void {
  const leftS = Math.max(0, Math.round((ask.expiresMs - Date.now()) / 1_000));
  const name = `${ask.tool} on ${ask.server}`;
  const head = [
    paint(out, 'bold', ask.case),
    paint(out, 'yellow', visible(name)),
    `asked by ${byLevel(ask)}, ${leftS} s left`,
  ];
  out.line(head.join('  '));
  if (ask.labels.length > 0) out.line(`  labels     ${ask.labels.join(', ')}`);
  if (ask.rule !== undefined) out.line(`  rule       ${ask.rule.id}: ${visible(ask.rule.title)}`);
  for (const [at, line] of ask.why.entries())
    out.line(`  ${at === 0 ? 'why' : '   '}        ${visible(line)}`);
  out.line(`  arguments  ${visible(ask.projection ?? '(no projection is kept)')}`);
  out.line(
    paint(
      out,
      'dim',
      `  spoor approvals approve ${ask.case}   or   spoor approvals deny ${ask.case}`,
    ),
  );
}
