import type { CheckId } from '../checks.ts';
import type { Raw } from '../flow/machine.ts';

/** Takes what the checks of one configuration file say. */
export class Report {
  readonly path: string;
  readonly findings: Raw[] = [];
  readonly looked: Map<CheckId, number> = new Map();

  constructor(path: string) {
    this.path = path;
  }

  look(check: CheckId): void {
    this.looked.set(check, (this.looked.get(check) ?? 0) + 1);
  }

  fail(check: CheckId, line: number, what: string): void {
    this.look(check);
    this.findings.push({ check, path: this.path, line, column: 1, what });
  }

  /** Looks, and fails where it is so. */
  check(check: CheckId, isSo: boolean, line: number, what: string): void {
    if (isSo) this.fail(check, line, what);
    else this.look(check);
  }
}
