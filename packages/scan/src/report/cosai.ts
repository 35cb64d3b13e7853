import type { CheckResult } from '../finding.ts';
import { judge, type Requirement, type Verdict } from './requirement.ts';

export type Level = 'L1' | 'L2' | 'L3' | 'L4';

/** CoSAI, Model Context Protocol security, §3.3.2: logging and observability. */
interface LevelRequirement extends Requirement {
  readonly level: Level;
}

const REQUIREMENTS: readonly LevelRequirement[] = [
  {
    level: 'L2',
    demand: 'Calls are logged in a structured form, with tool and outcome',
    checks: ['telemetry-present', 'error-spans'],
  },
  {
    level: 'L2',
    demand: 'Arguments and results are logged only after redaction',
    checks: [
      'telemetry-arguments',
      'telemetry-results',
      'span-names',
      'baggage-recorded',
      'stderr-payloads',
    ],
  },
  {
    level: 'L2',
    demand: 'Records name the caller and the decision of a policy',
    checks: [],
    unseen: 'the scanner is no user of the server',
  },
  {
    level: 'L3',
    demand: 'Failures and header mismatches are all logged',
    checks: ['error-spans', 'security-events-sampled', 'sampling-by-client'],
  },
  {
    level: 'L3',
    demand: 'W3C trace context in `_meta` is carried on',
    checks: ['trace-continued'],
  },
  {
    level: 'L3',
    demand: 'Delegation can be followed from hop to hop, with scope and audience',
    checks: [],
    unseen: 'the scanner delegates nothing',
  },
  {
    level: 'L3',
    demand: 'Records follow OCSF or CEF and reach a SIEM that looks for what is unusual',
    checks: [],
    unseen: 'this stands behind the server',
  },
  {
    level: 'L4',
    demand: 'Records cannot be changed without notice',
    checks: [],
    unseen: 'where records lie cannot be seen from outside; see `spoor ledger verify`',
  },
  {
    level: 'L4',
    demand: 'Trace context is tied to identity and policy, and can stop a server',
    checks: [],
    unseen: 'this stands behind the server',
  },
];

export interface LoggingVerdict {
  /** The highest level of which every demand was seen to be met. L1 demands nothing. */
  readonly proved: Level;
  /** The lowest level of which a demand failed: the server is below it, whatever else holds. */
  readonly refuted?: Level;
  readonly requirements: readonly (Verdict & { readonly level: Level })[];
}

const LEVELS: readonly Level[] = ['L1', 'L2', 'L3', 'L4'];

/** What was not tested proves no level and refutes none. */
export function loggingVerdict(results: readonly CheckResult[]): LoggingVerdict {
  const requirements = REQUIREMENTS.map((row) => ({ level: row.level, ...judge(row, results) }));
  const allMet = (level: Level): boolean =>
    requirements.filter((row) => row.level === level).every(({ status }) => status === 'met');
  const first = LEVELS.findIndex((level) => !allMet(level));
  const refuted = LEVELS.find((level) =>
    requirements.some((row) => row.level === level && row.status === 'failed'),
  );
  return {
    proved: LEVELS[first < 0 ? LEVELS.length - 1 : first - 1] ?? 'L1',
    ...(refuted === undefined ? {} : { refuted }),
    requirements,
  };
}
