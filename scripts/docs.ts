/**
 * Writes the generated references; `--check` compares them instead and ends with 1 where one is
 * stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderJsonSchema, renderSchemaDocs } from '../packages/detect/src/index.ts';
import { renderCoverage } from './docs/coverage.ts';
import { renderErrors } from './docs/errors.ts';
import { renderEvasions } from './docs/evasions.ts';
import { renderLimits } from './docs/limits.ts';
import { renderRules } from './docs/rules.ts';
import { renderScan } from './docs/scan.ts';
import { renderConfig, renderConfigSchema } from './docs/settings.ts';
import { renderTelemetry } from './docs/telemetry.ts';
import { renderTrust } from './docs/trust.ts';

const FOLDER = join(import.meta.dirname, '../docs');

const DOCUMENTS: Readonly<Record<string, (current: string) => string>> = {
  'config.md': renderConfig,
  'config.schema.json': renderConfigSchema,
  'coverage.md': renderCoverage,
  'errors.md': renderErrors,
  'evasions.md': renderEvasions,
  'limits.md': renderLimits,
  'mcp-log-schema.json': renderJsonSchema,
  'mcp-log-schema.md': renderSchemaDocs,
  'rules.md': renderRules,
  'scan.md': renderScan,
  'telemetry.md': renderTelemetry,
  'trust.md': renderTrust,
};

function currentText(name: string): string {
  try {
    return readFileSync(join(FOLDER, name), 'utf8');
  } catch {
    return '';
  }
}

const check = process.argv.includes('--check');
const stale = Object.entries(DOCUMENTS).filter(([name, render]) => {
  const current = currentText(name);
  const wanted = render(current);
  if (current === wanted) return false;
  if (!check) writeFileSync(join(FOLDER, name), wanted);
  return true;
});

for (const [name] of stale) console.log(`docs/${name} ${check ? 'is stale' : 'written'}`);
if (stale.length === 0) console.log('docs: up to date');
else if (check) {
  console.log('Run `npm run docs`.');
  process.exitCode = 1;
}
