import { CodedError, type SealedPart } from '@spoor/core';
import type { Leaf } from '@spoor/ledger';
import { readLog } from '@spoor/ledger/folder';
import { type OpenFailure, openContent, recipientsOf } from '@spoor/ledger/open';
import { readLeaves } from '@spoor/ledger/verify';
import type { HubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { askPassphrase } from '../../passphrase.ts';
import { refuseAbsent } from '../ledger/pruned.ts';
import { dirOf, leafAt, readText } from '../ledger/source.ts';
import { asked, runningHub } from './running.ts';

interface Entry {
  readonly index: number;
  readonly leaf: Leaf;
}

interface Piece {
  readonly index: number;
  readonly part: SealedPart;
  readonly plaintext: Uint8Array;
}

/**
 * Opens with an auditor's identity, which never leaves this process. A hub that runs notes it
 * first; copied files can be opened without anybody noting it, and that is said.
 */
export async function open(context: Context): Promise<number> {
  const { flags } = context;
  if (flags.raw === true && process.stdout.isTTY)
    throw new CodedError('USAGE', '--raw goes to a file or a pipe');
  if (typeof flags.identity !== 'string') throw new CodedError('USAGE', '--identity');
  const entries = await entriesOf(context);
  const identity = await readText(flags.identity);
  const passphrase = await passphraseFor(identity, flags);
  const keys = { identity, ...(passphrase === undefined ? {} : { passphrase }) };
  await note(context, entries, keys);
  const pieces: Piece[] = [];
  let failure: OpenFailure | undefined;
  for (const { index, leaf } of entries) {
    const opened = await openContent({ dir: dirOf(context), leaf, ...keys });
    if (opened.status === 'failed') failure ??= opened.code;
    for (const { part, plaintext } of opened.parts)
      if (flags.part === undefined || flags.part === part) pieces.push({ index, part, plaintext });
  }
  tell(context, pieces);
  if (failure !== undefined) throw new CodedError(failure, wordOf(context));
  return 0;
}

const wordOf = ({ words }: Context): string => words[1] ?? '';

/** One entry by its index, or all with content of one call. */
async function entriesOf(context: Context): Promise<Entry[]> {
  const word = wordOf(context);
  if (/^\d{1,15}$/.test(word)) {
    const index = Number(word);
    const leaf = (await leafAt(context, index)) ?? (await refuseAbsent(context, index));
    return [{ index, leaf: JSON.parse(leaf) as Leaf }];
  }
  if (!/^[0-9a-f-]{36}$/.test(word)) throw new CodedError('USAGE', 'a call or an index');
  const found: Entry[] = [];
  for await (const { index, leaf: text } of readLeaves(readLog(dirOf(context)))) {
    if (!text.includes(word)) continue;
    const leaf = JSON.parse(text) as Leaf;
    if (leaf.call === word && leaf.content !== undefined) found.push({ index, leaf });
  }
  if (found.length === 0) throw new CodedError('NOT_FOUND', `content of call ${word}`);
  return found;
}

async function note(
  context: Context,
  entries: readonly Entry[],
  keys: { readonly identity: string; readonly passphrase?: string },
): Promise<void> {
  const api = context.flags.dir === undefined ? await runningHub(context) : undefined;
  if (api === undefined) {
    const why = context.flags.dir === undefined ? 'no hub runs' : 'these are copied files';
    context.out.note(
      paint(context.out, 'yellow', `This opening is not recorded anywhere: ${why}.`),
    );
    return;
  }
  await record(api, context, entries, keys);
}

async function record(
  api: HubApi,
  context: Context,
  entries: readonly Entry[],
  { identity, passphrase }: { readonly identity: string; readonly passphrase?: string },
): Promise<void> {
  const warrant = asked(context);
  const [key] = await recipientsOf(identity, passphrase);
  const calls = Map.groupBy(entries, ({ leaf }) => leaf.call);
  for (const [call, some] of calls) {
    if (call === undefined) throw new CodedError('VAULT_NOT_SEALED', wordOf(context));
    const body = { call, key, entries: some.map(({ index }) => index), ...warrant };
    const { index } = await api.post<{ readonly index: number }>('/api/v1/vault/opened', body);
    context.out.note(`Entry ${index} says that this was opened, by whom and why.`);
  }
}

/** Made visible, so that what a server wrote does nothing to a terminal or to whatever reads. */
function tell({ flags, out }: Context, pieces: readonly Piece[]): void {
  if (flags.json === true) {
    out.json(
      pieces.map(({ plaintext, ...rest }) => ({
        ...rest,
        base64: Buffer.from(plaintext).toString('base64'),
      })),
    );
    return;
  }
  if (flags.raw === true) {
    for (const { plaintext } of pieces) process.stdout.write(plaintext);
    return;
  }
  const [only, ...more] = pieces;
  if (only !== undefined && more.length === 0 && !process.stdout.isTTY) {
    process.stdout.write(textOf(only));
    return;
  }
  for (const piece of pieces) {
    out.line(paint(out, 'dim', `Entry ${piece.index}, ${piece.part}:`));
    out.line(textOf(piece));
  }
}

const textOf = ({ plaintext }: Piece): string => visible(Buffer.from(plaintext).toString('utf8'));

async function passphraseFor(
  identity: string,
  flags: Context['flags'],
): Promise<string | undefined> {
  if (!identity.startsWith('-----BEGIN AGE') && !identity.startsWith('age-encryption.org'))
    return undefined;
  const file = flags['passphrase-file'];
  if (typeof file === 'string') return (await readText(file)).split('\n')[0];
  return askPassphrase('Passphrase of the identity: ', false);
}
