import { CodedError, IDENTITY_BASES, type IdentityBasis } from '@spoor/core';
import type { AttestKey, SessionOptions } from '@spoor/instrument/attest';
import type { Context, Flag } from '../../command.ts';

/** What every word of `spoor attest` takes, and what only some do. */
export const FLAGS: Readonly<Record<string, Flag>> = {
  key: {
    type: 'string',
    placeholder: 'F',
    help: 'File with the private key: PEM or JWK, mode 0600',
  },
  out: { type: 'string', placeholder: 'F', help: 'keygen: where the private key goes' },
  es256: { type: 'boolean', help: 'keygen: a P-256 key; default Ed25519' },
  iss: { type: 'string', placeholder: 'I', help: 'Who attests; default the thumbprint of the key' },
  aud: { type: 'string', placeholder: 'D', help: 'The trust domain it is for; default spoor' },
  sub: { type: 'string', placeholder: 'U', help: 'open, call: the user, by a name of yours' },
  sid: { type: 'string', placeholder: 'S', help: 'open, call: go on with this session' },
  agent: {
    type: 'string',
    placeholder: 'A',
    multiple: true,
    help: 'open, call: who acts for the user, nearest first',
  },
  basis: {
    type: 'string',
    placeholder: 'B',
    help: `How the user is known: ${IDENTITY_BASES.join(', ')}`,
  },
  'intent-file': { type: 'string', placeholder: 'F', help: 'The prompt; a commitment is signed' },
  policy: { type: 'string', placeholder: 'P', help: 'Name of the policy under which it acts' },
  life: {
    type: 'string',
    placeholder: 'S',
    help: 'Seconds that a token lives; at most and by default 300',
  },
  txn: {
    type: 'string',
    placeholder: 'F',
    help: 'call: file with a token, in place of --sub; - for the first line of standard input',
  },
  server: {
    type: 'string',
    placeholder: 'N',
    help: 'call: the name by which Spoor knows the server',
  },
};

type Flags = Context['flags'];

/** Throws USAGE where it is not given. */
export function needed(flags: Flags, name: string): string {
  const value = flags[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new CodedError('USAGE', `--${name} is missing`);
}

/** Throws USAGE, ATTEST_SESSION or CONFIG_UNREADABLE. */
export async function sessionOf(flags: Flags, key: AttestKey): Promise<SessionOptions> {
  const { agent, life } = flags;
  const basis = basisOf(flags.basis);
  const intent = await promptOf(flags['intent-file']);
  const texts = (['iss', 'aud', 'sid', 'policy'] as const).flatMap((name) => {
    const value = flags[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return {
    key,
    sub: needed(flags, 'sub'),
    ...(Object.fromEntries(texts) as Partial<Record<'iss' | 'aud' | 'sid' | 'policy', string>>),
    ...(typeof agent === 'string' ? { agent: agent.split(',') } : {}),
    ...(basis === undefined ? {} : { basis }),
    ...(intent === undefined ? {} : { intent }),
    ...(typeof life === 'string' ? { lifeS: Number(life) } : {}),
  };
}

function basisOf(value: Flags[string]): IdentityBasis | undefined {
  const basis = IDENTITY_BASES.find((one) => one === value);
  if (value === undefined || basis !== undefined) return basis;
  throw new CodedError('USAGE', `--basis is one of ${IDENTITY_BASES.join(', ')}`);
}

async function promptOf(path: Flags[string]): Promise<string | undefined> {
  if (typeof path !== 'string') return undefined;
  const { readFile } = await import('node:fs/promises');
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  });
}
