import { CodedError } from '@spoor/core';
import type { BackendSettings, ReaderOptions } from '../backend-settings.ts';
import type { TraceReader } from '../reader.ts';
import { type JaegerDialect, JaegerReader } from './jaeger.ts';

const TENANT = /^(\d{1,10})(?::(\d{1,10}))?$/;
const PART_MAX = 2 ** 32 - 1;

/** `account:project`, both of them numbers of 32 bits; the project is 0 where it is not said. */
const VICTORIA_TRACES: JaegerDialect = {
  kind: 'victoriatraces',
  prefix: ['select', 'jaeger', 'api'],
  operations: 'path',
  knowsFields: true,
  tenant(name = '0:0') {
    const [, account, project = '0'] = TENANT.exec(name) ?? [];
    if (account === undefined || Number(account) > PART_MAX || Number(project) > PART_MAX)
      throw new CodedError('QUESTION_INVALID', 'tenant: account:project, two numbers');
    return { accountid: String(Number(account)), projectid: String(Number(project)) };
  },
};

/** VictoriaTraces, single or as a cluster (`vtselect`); it answers as Jaeger does. */
export const victoriaTracesReader = (
  settings: BackendSettings,
  options: ReaderOptions,
): TraceReader => new JaegerReader(VICTORIA_TRACES, settings, options);
