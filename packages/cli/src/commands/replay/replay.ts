import { CodedError, systemClock } from '@spoor/core';
import type { RuleSet } from '@spoor/hub/rules';
import type { Command, Context } from '../../command.ts';
import { folderOf, notedProblems, rulesIn } from '../rules/folder.ts';
import { replayFiles, replayHub, timeOf, type Wanted } from './history.ts';
import { tellReplay } from './report.ts';
import { stdio } from './stdio.ts';

export const replay: Command = {
  usage: '[FILE…] [--rules PATH] [--against PATH] | --stdio',
  summary: 'Steps what was recorded through rules: what the hub has stored, or files.',
  flags: {
    rules: { type: 'string', placeholder: 'PATH', help: 'A folder of rules, or one file' },
    rule: { type: 'string', placeholder: 'ID', help: 'This rule alone' },
    against: {
      type: 'string',
      placeholder: 'PATH',
      help: 'Other rules, or an older file: what is newly found, and what no longer',
    },
    from: { type: 'string', placeholder: 'TIME', help: '2026-11-21, or as long ago as 7d or 2h' },
    to: { type: 'string', placeholder: 'TIME', help: 'Likewise' },
    session: { type: 'string', placeholder: 'ID', help: 'This session alone' },
    stdio: { type: 'boolean', help: 'Judge recorded sessions on standard input, line by line' },
  },
  more: `What there was to look at comes first: a rule whose fields nothing could answer is
“not covered”, and never said to have found nothing. Of a chain, how many sessions came as far as
each step.
Files have one JSON object a line: an observation, or a record of docs/mcp-log-schema.md; - is
standard input. Nothing is stored, no alert is raised, and a hub that runs goes on.

Exit codes: 0 replayed, 1 a rule or a line could not be read, 4 a rule is not covered.

  spoor replay --from 7d
  spoor replay --rules mine.yml --against mine-before.yml
  spoor replay recorded.jsonl --rule pii-through-code-to-share --json

With --stdio, lines in order; sessions may be interleaved:
  {"type":"catalog","catalog":"c1","tools":[{"server","tool","description","inputSchema"}]}
  {"type":"start","session":"s","catalog":"c1"}
  {"type":"prompt","session":"s","text":"…"}
  {"type":"call","session":"s","seq":0,"server":"…","tool":"…","args":{…}}
      answered by {"session":"s","seq":0,"score":0,"alert":false,"rules":[]}
  {"type":"result","session":"s","seq":0,"result":"…","error":null}
  {"type":"end","session":"s"}
  {"type":"tool","id":"t","server","tool","description","inputSchema"}
      answered by {"id":"t","score":0,"alert":false,"rules":[]}
A line that cannot be taken is answered by {"error":"…"}.`,
  run: (context) => (context.flags.stdio === true ? stdio(context) : history(context)),
};

async function history(context: Context): Promise<number> {
  const { flags, out, words } = context;
  const nowMs = systemClock.nowMs();
  const time = (name: 'from' | 'to'): number | undefined =>
    flags[name] === undefined ? undefined : timeOf(String(flags[name]), nowMs);
  const [fromMs, toMs] = [time('from'), time('to')];
  const now = await rulesOf(context, flags.rules);
  const before = flags.against === undefined ? undefined : await rulesOf(context, flags.against);
  const wanted: Wanted = {
    rules: now.rules,
    ...(before === undefined ? {} : { against: before.rules }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(flags.session === undefined ? {} : { session: String(flags.session) }),
  };
  const view =
    words.length === 0 ? await replayHub(context, wanted) : await replayFiles(words, wanted);
  if (flags.json === true) out.json(view);
  else tellReplay(out, view);
  if (now.wrong || before?.wrong === true || view.history.unreadable > 0) return 1;
  return view.rules.some(({ coverage }) => coverage === 'none') ? 4 : 0;
}

interface Given {
  readonly rules: RuleSet;
  /** Files of them have problems, which were named. */
  readonly wrong: boolean;
}

async function rulesOf(context: Context, path: string | boolean | undefined): Promise<Given> {
  const compiled = await rulesIn(
    typeof path === 'string' ? path : await folderOf(context, undefined),
  );
  const wrong = notedProblems(context, compiled);
  const { rule } = context.flags;
  if (rule === undefined) return { rules: compiled.rules, wrong };
  const rules = compiled.rules.rules.filter(
    ({ ref, silent }) => ref.id === rule || silent === true,
  );
  if (!rules.some(({ ref }) => ref.id === rule))
    throw new CodedError('NOT_FOUND', `rule ${String(rule)}`);
  return { rules: { ...compiled.rules, rules }, wrong };
}
