import type { BaselinePath, BaselinePrincipal, BaselineSummary, BaselineView } from '@spoor/core';
import { hubApi } from '../../client.ts';
import type { Context, Output } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { minute, toolName } from './names.ts';

export async function list({ flags, home, out }: Context): Promise<number> {
  const { rows } = await hubApi(home).get<{ readonly rows: readonly BaselineSummary[] }>(
    '/api/v1/baselines',
  );
  if (flags.json === true) out.json(rows);
  else if (rows.length === 0) out.line('No tool was called yet.');
  else for (const row of rows) summarise(row, out);
  return 0;
}

function summarise(row: BaselineSummary, out: Output): void {
  const { server, tool, calls, keys, destinations, principals, late, full } = row;
  const style = row.state === 'locked' ? 'green' : 'yellow';
  const name = paint(out, 'bold', visible(`${server}/${tool}`));
  out.line(`${name}  ${paint(out, style, stateOf(row))}  ${calls} calls`);
  out.line(`  ${keys} arguments, ${destinations} destinations, ${principals} principals`);
  if (late.keys.length > 0 && calls > 1) out.line(`  came late: ${visible(late.keys.join(', '))}`);
  if (late.destinations > 0 && calls > 1)
    out.line(`  came late: ${late.destinations} destinations`);
  if (full) out.line(`  ${paint(out, 'red', 'a limit left something out')}`);
}

function stateOf({ state, lockedMs, locksItself }: BaselineSummary): string {
  if (state === 'locked') return `locked since ${minute(lockedMs ?? 0)}`;
  return locksItself ? 'learning' : 'learning until locked by hand';
}

export async function show({ flags, words, home, out }: Context): Promise<number> {
  const { server, tool } = toolName(words);
  const query = new URLSearchParams({ server, tool });
  const view = await hubApi(home).get<BaselineView>(`/api/v1/baselines?${query}`);
  if (flags.json === true) {
    out.json(view);
    return 0;
  }
  summarise(view, out);
  if (view.firstMs > 0) out.line(`  learned ${minute(view.firstMs)} to ${minute(view.lastMs)}`);
  if (view.declared !== undefined)
    out.line(`  schema declares: ${visible(view.declared.join(', '))}`);
  for (const path of view.paths) out.line(pathLine(path));
  for (const by of view.by) out.line(principalLine(by));
  return 0;
}

const pathLine = (one: BaselinePath): string => {
  const { path, types, bytesMax, calls, firstCall, firstMs } = one;
  const shape = `${visible(path)}  ${types.join('|')}, at most ${bytesMax} bytes`;
  return `    ${shape}, in ${calls} calls, first in call ${firstCall} (${minute(firstMs)})`;
};

const principalLine = ({ principal, calls, perMinuteMax, hours }: BaselinePrincipal): string =>
  [
    `    by ${principal.slice(0, 8)}  ${calls} calls`,
    `at most ${perMinuteMax} a minute`,
    `at ${hours.join(' ')} h UTC`,
  ].join(', ');
