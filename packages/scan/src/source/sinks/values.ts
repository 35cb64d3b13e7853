import type { Node } from '@babel/types';
import type { CheckId } from '../checks.ts';
import { CONTENT, has, LABEL } from '../flow/labels.ts';
import type { At } from '../flow/machine.ts';
import { labelsOf, originOf, type Value } from '../flow/value.ts';

/** Which check speaks of which sort of value at a sink. */
export interface Exported {
  readonly content: CheckId;
  /** `the attribute tool.args of a span`. */
  readonly target: string;
}

/** Looks at a value that leaves with telemetry. */
export function exported(value: Value, node: Node, { content, target }: Exported, at: At): void {
  const { machine, frame } = at;
  const check = frame.role === 'hook' ? 'source-hook-content' : content;
  machine.look(check);
  machine.look('source-secret-values');
  const labels = labelsOf(value);
  const from = (wanted: number): string => originOf(value, wanted) ?? 'a request';
  if (has(labels, CONTENT)) {
    const isSwitched = frame.capture === 'off-by-default' && check !== 'source-log-values';
    const here = isSwitched ? 'source-content-switch' : check;
    const what = has(labels, LABEL.input) ? 'Content' : 'A result';
    machine.report(here, node, at, `${what} (${from(CONTENT)}) goes into ${target}`);
  } else if (has(labels, LABEL.carrier) && content !== 'source-log-values')
    machine.report(
      check,
      node,
      at,
      `All headers or \`_meta\` (${from(LABEL.carrier)}) go into ${target}`,
    );
  others(value, node, target, at);
}

const isLog = (target: string): boolean => /^a log$|^std/.test(target);

function others(value: Value, node: Node, target: string, at: At): void {
  const labels = labelsOf(value);
  const { machine } = at;
  // Errors belong in logs, which have their own check of content.
  const isSaid = has(labels, CONTENT) || isLog(target);
  if (has(labels, LABEL.error) && !isSaid) {
    const origin = originOf(value, LABEL.error) ?? 'a tool';
    machine.report('source-error-text', node, at, `The text of ${origin} goes into ${target}`);
  }
  if (has(labels, LABEL.digest))
    machine.report('source-plain-digest', node, at, `A digest without a key goes into ${target}`);
  if (has(labels, LABEL.secret)) {
    const origin = originOf(value, LABEL.secret) ?? 'a credential';
    machine.report(
      'source-secret-values',
      node,
      at,
      `A credential (${origin}) goes into ${target}`,
    );
  }
}
