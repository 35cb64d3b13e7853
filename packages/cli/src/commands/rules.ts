import { CodedError } from '@spoor/core';
import {
  type CompiledRules,
  describeExport,
  EXPORT_TARGETS,
  exportRules,
  loadRules,
} from '@spoor/hub/rules';
import type { Command, Context } from '../command.ts';
import { readConfig } from '../config.ts';
import { paint } from '../output.ts';
import { RULES_FOLDER } from '../places.ts';

export const rules: Command = {
  usage: '[list|lint|export] [FOLDER]',
  summary:
    'Lists the rules of a folder, checks them (each problem with its line and column), or writes them for another backend.',
  flags: {
    to: {
      type: 'string',
      placeholder: 'BACKEND',
      help: `Of export: ${EXPORT_TARGETS.join(', ')}`,
    },
  },
  more: `Exit codes: 0 fine, 1 a rule has a problem.

export writes to standard output and says on standard error, for each rule, what the
backend cannot express:
  spoor rules export --to tempo > alerts.yaml      Grafana, alert rules over TraceQL
  spoor rules export --to honeycomb > triggers.json
  spoor rules export --to sigma > rules.yml`,
  run: async (context) => {
    const { words, flags, env, home, out } = context;
    const [action = 'list', given] = words;
    if (!ACTIONS.includes(action)) throw new CodedError('USAGE', `rules ${action}`);
    const folder = given ?? (await readConfig(home.config, {}, env)).text('rules') ?? RULES_FOLDER;
    const compiled = await loadRules(folder);
    if (action === 'export') return exportTo(context, compiled);
    const found = compiled.rules.rules;
    if (flags.json === true)
      out.json({
        rules: found.map(({ ref, path }) => ({ ...ref, path })),
        problems: compiled.problems,
      });
    else {
      for (const { ref, path, response } of action === 'list' ? found : []) {
        out.line(
          `${ref.id.padEnd(30)}${ref.level.padEnd(14)}${response.padEnd(8)}${paint(out, 'dim', path)}`,
        );
      }
      for (const { path, line, column, code, message } of compiled.problems) {
        out.note(`${path}:${line}:${column} ${paint(out, 'red', code)} ${message}`);
      }
      if (action === 'lint')
        out.line(`${found.length} rules, ${compiled.problems.length} problems`);
    }
    return compiled.problems.length > 0 ? 1 : 0;
  },
};

const ACTIONS: readonly string[] = ['list', 'lint', 'export'];

function exportTo({ flags, out }: Context, { rules: set, problems }: CompiledRules): number {
  const to = EXPORT_TARGETS.find((target) => target === flags.to);
  if (to === undefined)
    throw new CodedError('USAGE', `rules export --to ${EXPORT_TARGETS.join('|')}`);
  const { text, rules: exported } = exportRules(set, to);
  if (flags.json === true) out.json({ to, rules: exported, text });
  else {
    out.line(text.trimEnd());
    for (const rule of exported) out.note(describeExport(rule));
  }
  for (const { path, line, column, code, message } of problems)
    out.note(`${path}:${line}:${column} ${code} ${message}`);
  return problems.length > 0 ? 1 : 0;
}
