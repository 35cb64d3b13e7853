import { ERRORS } from '../../packages/core/src/errors.ts';
import { code, document, table } from './markdown.ts';

/** `docs/errors.md`. */
export const renderErrors = (): string =>
  document(
    '# Errors',
    '',
    'Every operational error has a code. Commands end with its exit code, the API answers with its HTTP status.',
    'Generated from `packages/core/src/errors*.ts`.',
    '',
    ...table(
      ['Code', 'What happened', 'What to do', 'Exit', 'HTTP'],
      Object.entries(ERRORS).map(([name, { message, hint, exit, http }]) => [
        code(name),
        message,
        hint,
        String(exit),
        String(http),
      ]),
    ),
  );
