import type { SourceFile } from '../files.ts';
import { isCollector, judgeCollector } from './collector.ts';
import { isDeclarative, judgeDeclarative } from './declarative.ts';
import { judgeEnvironment } from './environment.ts';
import { Report } from './report.ts';
import { parseTree } from './tree.ts';
import { ofCommands, ofLines, ofTree } from './variables.ts';

const WORTH = /OTEL_|otlp|tracer_provider|SENTRY_|DD_TRACE|TRACELOOP|_CAPTURE_|exporters:/;

/** Looks at a file of configuration. Throws where it cannot be read as what it is. */
export function judgeConfiguration({ path, text }: SourceFile): Report {
  const report = new Report(path);
  if (!WORTH.test(text)) return report;
  if (/\.ya?ml$/.test(path)) judgeYaml(text, report);
  else if (/(?:^|\/)[\w.-]*\.?env[\w.-]*$/i.test(path) && !/Dockerfile/.test(path))
    judgeEnvironment(ofLines(text), report);
  else judgeEnvironment(ofCommands(text), report);
  return report;
}

function judgeYaml(text: string, report: Report): void {
  for (const root of parseTree(text)) {
    if (isCollector(root)) judgeCollector(root, report);
    else if (isDeclarative(root)) judgeDeclarative(root, report);
    else judgeEnvironment(ofTree(root), report);
  }
}
