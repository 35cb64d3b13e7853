import { CodedError } from '@spoor/core';
import { hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';

/** Exit code 1 where the sink did not take it. */
export async function testSink({ words, flags, home, out }: Context): Promise<number> {
  const name = nameIn(words, 'test');
  const answer = await hubApi(home).post<{ readonly status: string; readonly why?: string }>(
    '/api/v1/sinks/test',
    { name },
  );
  if (flags.json === true) out.json(answer);
  else if (answer.status === 'sent') out.line(`${name} took it.`);
  else out.line(`${name} did not take it: ${answer.why ?? answer.status}`);
  return answer.status === 'sent' ? 0 : 1;
}

export async function retrySink({ words, flags, home, out }: Context): Promise<number> {
  const name = nameIn(words, 'retry');
  const answer = await hubApi(home).post<{ readonly revived: number }>('/api/v1/sinks/retry', {
    name,
  });
  if (flags.json === true) out.json(answer);
  else out.line(`${answer.revived} to be told again.`);
  return 0;
}

function nameIn(words: readonly string[], what: string): string {
  const [, name, ...more] = words;
  if (name === undefined || more.length > 0) throw new CodedError('USAGE', `sinks ${what} NAME`);
  return name;
}
