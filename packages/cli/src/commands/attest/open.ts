import { openSession, readAttestKey } from '@spoor/instrument/attest';
import type { Context } from '../../command.ts';
import { needed, sessionOf } from './flags.ts';

/** Opens a session, or goes on with one: prints its token. */
export async function open({ flags, out }: Context): Promise<number> {
  const key = readAttestKey(needed(flags, 'key'));
  const session = openSession(await sessionOf(flags, key));
  const { text } = session.tokenFor();
  const { sid, intent } = session;
  if (flags.json === true)
    out.json({ txn: text, sid, ...(intent === undefined ? {} : { intent }) });
  else out.line(text);
  if (flags.json !== true) out.note(`Session ${sid}; renew it with --sid ${sid}`);
  return 0;
}
