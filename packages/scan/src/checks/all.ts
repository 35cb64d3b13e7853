import type { DynamicCheck } from './check.ts';
import { CONTEXT_CHECKS } from './context.ts';
import { DEFINITION_CHECKS } from './definitions.ts';
import { EXPORTER_CHECKS } from './exporter.ts';
import { FAILURE_CHECKS } from './failures.ts';
import { HTTP_CHECKS } from './http.ts';
import { OUTPUT_CHECKS } from './output.ts';
import { OUTWARD_CHECKS } from './outward.ts';
import { SCHEMA_CHECKS } from './schemas.ts';
import { TELEMETRY_CHECKS } from './telemetry.ts';
import { VERSION_CHECKS } from './versions.ts';

/** Every check of a server that runs, in the order of reports. */
export const DYNAMIC_CHECKS: readonly DynamicCheck[] = [
  ...TELEMETRY_CHECKS,
  ...CONTEXT_CHECKS,
  ...FAILURE_CHECKS,
  ...EXPORTER_CHECKS,
  ...OUTPUT_CHECKS,
  ...DEFINITION_CHECKS,
  ...SCHEMA_CHECKS,
  ...OUTWARD_CHECKS,
  ...HTTP_CHECKS,
  ...VERSION_CHECKS,
];
