import type { RuleView } from '@spoor/core';
import { type ReactNode, useMemo } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { useHub, useRules } from '../api/queries.ts';
import { matches, parseFilter } from '../model/filter.ts';
import { SEVERITY } from '../model/kinds.ts';
import { panelState } from '../model/panel.ts';
import { countText } from '../model/words.ts';
import { Bar, BarNote } from '../ui/Bar.tsx';
import { Command, Filter } from '../ui/Controls.tsx';
import { Badge, Severity } from '../ui/Marks.tsx';
import { Blank, Panel, Picture } from '../ui/States.tsx';
import { Text } from '../ui/Text.tsx';
import { useParam } from '../ui/useParam.ts';
import { useRowKeys } from '../ui/useRowKeys.ts';
import { ModeSwitch } from './ModeSwitch.tsx';
import { Problems } from './Problems.tsx';
import { RuleDetail } from './RuleDetail.tsx';
import styles from './Rules.module.css';

const idOf = (rule: RuleView): string => rule.id;
const fieldsOf = (rule: RuleView): Record<string, readonly string[]> => ({
  id: [rule.id],
  title: [rule.title],
  level: [rule.level],
  tag: rule.tags,
  mode: [rule.builtIn === true ? 'built-in' : rule.mode],
});
const byLevel = (a: RuleView, b: RuleView): number =>
  SEVERITY[b.level].rank - SEVERITY[a.level].rank || a.id.localeCompare(b.id);

export function RulesScreen({ id }: { readonly id: string }): ReactNode {
  const query = useRules();
  const hub = useHub();
  const search = useSearch();
  const [, navigate] = useLocation();
  const [filter, setFilter] = useParam('filter');
  const all = useMemo(() => {
    const { rules = [], builtIn = [] } = query.data ?? {};
    // What is built in is no rule pack: without one nothing of a call is detected.
    return rules.length === 0 ? [] : [...rules, ...builtIn].sort(byLevel);
  }, [query.data]);
  const shown = useMemo(() => {
    const terms = parseFilter(filter);
    return all.filter((rule) => matches(terms, fieldsOf(rule)));
  }, [all, filter]);
  const problems = query.data?.problems ?? [];
  const pathOf = (rule: RuleView): string =>
    `/rules/${encodeURIComponent(rule.id)}${search === '' ? '' : `?${search}`}`;
  useRowKeys({
    rows: shown,
    idOf,
    current: id,
    onMove: (rule) => navigate(pathOf(rule), { replace: true }),
  });
  return (
    <>
      <Bar>
        <Filter
          value={filter}
          onChange={setFilter}
          placeholder="Filter: level:critical tag:t1567 mode:enforce"
        />
        <BarNote>{countText(all.length, 'rule')}</BarNote>
        {hub.data && <ModeSwitch mode={hub.data.policy.mode} />}
      </Bar>
      <Problems problems={problems} loaded={all.length} />
      <Panel
        state={panelState(query, all, shown, problems.length > 0)}
        noun="rules"
        firstUse={
          <Picture title="No rules are loaded" actions={<Command text="spoor config explain" />}>
            Without rules everything is recorded and nothing is detected. The configuration names
            the folder that they are read from.
          </Picture>
        }
        empty={
          <Picture title="No rule could be loaded">
            Every rule file has a problem; nothing is detected until one is repaired.
          </Picture>
        }
        onRetry={() => void query.refetch()}
        onClear={() => setFilter('')}
        partial={query.error === null ? undefined : `This may be old: ${query.error.message}.`}
      >
        {(rows) => (
          <div className={styles.body}>
            <nav className={styles.list} aria-label="Rules">
              {rows.map((rule) => (
                <RuleRow key={rule.id} rule={rule} href={pathOf(rule)} current={rule.id === id} />
              ))}
            </nav>
            <Chosen rule={all.find((rule) => rule.id === id)} />
          </div>
        )}
      </Panel>
    </>
  );
}

function Chosen({ rule }: { readonly rule: RuleView | undefined }): ReactNode {
  if (rule !== undefined) return <RuleDetail rule={rule} />;
  return <Blank title="Choose a rule">Its source and what it does are shown here.</Blank>;
}

function RuleRow(props: {
  readonly rule: RuleView;
  readonly href: string;
  readonly current: boolean;
}): ReactNode {
  const { rule } = props;
  return (
    <Link href={props.href} replace className={styles.rule} aria-current={props.current}>
      <span className={styles.row}>
        <Severity level={rule.level} />
        <Badge tone={rule.mode === 'enforce' ? 'allow' : 'quiet'}>
          {rule.builtIn === true ? 'built in' : rule.mode}
        </Badge>
      </span>
      <span className={styles.title}>
        <Text value={rule.title} charsMax={100} />
      </span>
      <span className={styles.row}>
        <Text value={rule.id} charsMax={60} />
        <span>{countText(rule.matches24h, 'match', 'matches')}</span>
      </span>
    </Link>
  );
}
