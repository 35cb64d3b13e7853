import {
  CHAINS,
  DISGUISES,
  EVASIONS,
  MISSED,
} from '../../packages/detect/test/support/evasions.ts';
import { code, document, table } from './markdown.ts';

const rules = Object.keys(CHAINS);
const missed = EVASIONS.flatMap(({ name }) =>
  Object.entries(MISSED[name] ?? {}).map(([rule, why]) => [name, code(rule), why] as const),
);

/** `docs/evasions.md`. */
export const renderEvasions = (): string =>
  document(
    '# Evasions',
    '',
    'How one may try to get around the rules that follow a chain, and what comes of it. Each of these is tried in',
    '`test/evasions.test.ts` on the chain that the rule’s own test shows, and this page is generated from what that test expects.',
    '',
    ...table(
      ['Evasion', 'What is done', 'Rules that see through it'],
      EVASIONS.map(({ name, about }) => {
        const misses = Object.keys(MISSED[name] ?? {}).length;
        return [name, about, `${rules.length - misses} of ${rules.length}`];
      }),
    ),
    '',
    `The rules are ${rules.map(code).join(', ')}.`,
    '',
    '## Not seen through',
    '',
    ...table(['Evasion', 'Rule', 'Why'], missed),
    '',
    '## Data in disguise',
    '',
    'Secrets are read from a file and leave in another form. `data-access-then-egress` finds them by the values themselves.',
    '',
    ...table(
      ['Form', 'Found'],
      DISGUISES.map(({ name, missed: why }) => [name, why === undefined ? 'yes' : `no: ${why}`]),
    ),
    '',
    '## Ordinary work',
    '',
    'A rule that alerts at every turn is switched off. Of recorded sessions in which nobody attacks, at most 1 % may raise an',
    'alert of level high or above; weaker signs have lower levels, and are shown where somebody looks.',
  );
