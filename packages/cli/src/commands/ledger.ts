import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError, ERRORS, type ErrorCode, systemClock, systemRandom, toHex } from '@spoor/core';
import type { VerifyResult } from '@spoor/ledger/verify';
import type { Command, Context } from '../command.ts';
import { readLog } from '../log.ts';
import { paint, visible } from '../output.ts';
import { askPassphrase } from '../passphrase.ts';

export const ledger: Command = {
  usage:
    'verify [--checkpoint F] | verify --proof F | prove INDEX | show INDEX | export | drill | open INDEX --identity F',
  summary: 'Recomputes the ledger from its bytes; proves, shows and opens an entry.',
  flags: {
    dir: { type: 'string', placeholder: 'FOLDER', help: "The log; default the hub's" },
    key: {
      type: 'string',
      placeholder: 'F',
      help: "File with the log's verifier key; default the one beside the log's state",
    },
    checkpoint: {
      type: 'string',
      placeholder: 'F',
      help: 'A checkpoint of this log that was kept elsewhere',
    },
    entries: {
      type: 'string',
      placeholder: 'N',
      help: 'Of the log that a drill tampers with, 4 to 200; default 100',
    },
    format: {
      type: 'string',
      placeholder: 'jsonl|csv',
      help: 'Of an export; default jsonl',
    },
    proof: {
      type: 'string',
      placeholder: 'F',
      help: 'Check this proof of one entry, offline, instead of the log',
    },
    'max-age': {
      type: 'string',
      placeholder: 'MINUTES',
      help: 'The newest entry may be no older than this',
    },
    identity: { type: 'string', placeholder: 'F', help: 'Identity of an auditor, for open' },
    'passphrase-file': {
      type: 'string',
      placeholder: 'F',
      help: 'File whose first line opens the identity',
    },
    part: {
      type: 'string',
      placeholder: 'P',
      help: 'request, result, error, intent or definitions; default all',
    },
  },
  more: [
    'Exit codes of verify:',
    ...(
      [
        'LEDGER_TAMPERED',
        'LEDGER_UNWITNESSED',
        'LEDGER_ROLLED_BACK',
        'LEDGER_STALE',
        'LEDGER_UNREADABLE',
      ] as const
    ).map((code) => `  ${String(ERRORS[code].exit).padEnd(4)}${ERRORS[code].message}`),
    '  0   Everything matches, and an earlier checkpoint vouches for the length',
    'A proof is a C2SP tlog-proof with its entry as extra data; other programs check it too.',
  ].join('\n'),
  run: async (context) => {
    const [action, index] = context.words;
    if (action === 'verify' && context.flags.proof !== undefined) return checkProof(context);
    if (action === 'verify') return verify(context);
    if (action === 'prove') return prove(context, indexOf(index));
    if (action === 'export') return exportEntries(context);
    if (action === 'drill') return runDrill(context);
    if (action === 'show') return show(context, indexOf(index));
    if (action === 'open') return open(context, indexOf(index));
    throw new CodedError('USAGE', 'ledger verify, prove, show, export, drill or open');
  },
};

function indexOf(word: string | undefined): number {
  const index = Number(word);
  if (word === undefined || !Number.isSafeInteger(index) || index < 0)
    throw new CodedError('USAGE', 'an index');
  return index;
}

const dirOf = ({ flags, home }: Context): string =>
  typeof flags.dir === 'string' ? flags.dir : home.ledger;

/** A log that came with its state is checked by its own key, a bare copy by this user's. */
async function keyOf(context: Context): Promise<string> {
  const given = context.flags.key;
  const beside = join(dirOf(context), '..', 'ledger-state', 'log.vkey');
  const own = join(context.home.ledgerState, 'log.vkey');
  const path = typeof given === 'string' ? given : existsSync(beside) ? beside : own;
  return (await readText(path)).trim();
}

const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('LEDGER_UNREADABLE', path, error);
  });

async function verify(context: Context): Promise<number> {
  const { flags, out } = context;
  const { VERIFY_CODES, verifyLog } = await import('@spoor/ledger/verify');
  const earlier = flags.checkpoint;
  const progress = process.stderr.isTTY && flags.json !== true;
  const result = await verifyLog(readLog(dirOf(context)), {
    verifierKey: await keyOf(context),
    sha256: (data) => hash('sha256', data, 'buffer'),
    ...ageLimit(flags['max-age']),
    ...(typeof earlier === 'string' ? { checkpoint: await readText(earlier) } : {}),
    ...(progress
      ? {
          onProgress: (done: number, size: number) =>
            void process.stderr.write(`\r${done} of ${size} entries `),
        }
      : {}),
  });
  if (progress) process.stderr.write('\r\x1b[K');
  const code = result.status === 'ok' ? undefined : VERIFY_CODES[result.status];
  const exit = code === undefined ? 0 : ERRORS[code].exit;
  if (flags.json === true)
    out.json({ ...result, ...('root' in result ? { root: toHex(result.root) } : {}), exit });
  else await tellResult(context, result, code);
  return exit;
}

function ageLimit(minutes: Context['flags'][string]): { nowMs?: number; staleMs?: number } {
  if (minutes === undefined) return {};
  const staleMs = Number(minutes) * 60_000;
  if (!(staleMs > 0)) throw new CodedError('USAGE', '--max-age takes minutes');
  return { nowMs: Date.now(), staleMs };
}

async function tellResult(
  context: Context,
  result: VerifyResult,
  code: ErrorCode | undefined,
): Promise<void> {
  const { out } = context;
  if (result.status === 'ok') {
    out.line(
      `${paint(out, 'green', 'Verified')}: ${result.size} entries, consistent with the earlier checkpoint.`,
    );
  } else if (result.status === 'unwitnessed') {
    out.line(
      `${paint(out, 'yellow', 'Consistent, unwitnessed')}: ${result.size} entries match their hashes and the signature.`,
    );
    out.line(
      'Without an earlier checkpoint nobody can tell whether the end was cut off. Keep this one elsewhere:',
    );
    out.line(await readText(join(dirOf(context), 'checkpoint')));
  }
  if ('recovered' in result && result.recovered.length > 0) {
    out.note(
      `${paint(out, 'yellow', 'Note')}: the log's own key stood in for a lost epoch key at entry ${result.recovered.join(', ')}.`,
    );
  }
  if (result.status !== 'ok' && result.status !== 'unwitnessed' && code !== undefined) {
    const why = 'why' in result ? `: ${visible(result.path)}: ${result.why}` : '';
    out.note(`${paint(out, 'red', code)} ${ERRORS[code].message}${why}`);
    out.note(`  ${ERRORS[code].hint}`);
  }
}

/** The proof goes to standard output, so that it can be kept in a file and sent. */
async function prove(context: Context, index: number): Promise<number> {
  const { proveEntry } = await import('@spoor/ledger/verify');
  const proof = await proveEntry(readLog(dirOf(context)), index);
  if (proof === undefined) throw new CodedError('NOT_FOUND', `entry ${index}`);
  if (context.flags.json === true) context.out.json({ index, proof });
  else process.stdout.write(proof);
  return 0;
}

async function exportEntries(context: Context): Promise<number> {
  const { CSV_HEAD, exportFormat, exportLine } = await import('../ledgerexport.ts');
  const { readLeaves } = await import('@spoor/ledger/verify');
  const format = exportFormat(context.flags.format ?? 'jsonl');
  if (format === 'csv') context.out.line(CSV_HEAD);
  for await (const one of readLeaves(readLog(dirOf(context)))) {
    context.out.line(exportLine(one, format));
  }
  return 0;
}

/** Tampers with a log of its own, in a temporary folder. */
async function runDrill({ flags, out }: Context): Promise<number> {
  const entries = Number(flags.entries ?? 100);
  if (!Number.isSafeInteger(entries) || entries < 4 || entries > 200)
    throw new CodedError('USAGE', '--entries takes 4 to 200');
  const { drill } = await import('@spoor/ledger');
  const folder = await mkdtemp(join(tmpdir(), 'spoor-drill-'));
  try {
    const rows = await drill({ folder, entries, clock: systemClock, random: systemRandom });
    if (flags.json === true) out.json(rows);
    else {
      for (const { attack, expected, tried, found } of rows) {
        const ok = found === tried;
        out.line(
          `${paint(out, ok ? 'green' : 'red', `${found} of ${tried}`)} ${expected}: ${attack}`,
        );
      }
    }
    return rows.every(({ tried, found }) => found === tried) ? 0 : ERRORS.LEDGER_TAMPERED.exit;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function checkProof(context: Context): Promise<number> {
  const { verifyProof } = await import('@spoor/ledger/verify');
  const { flags, out } = context;
  const result = verifyProof(await readText(String(flags.proof)), await keyOf(context));
  const exit = result.status === 'verified' ? 0 : ERRORS.LEDGER_TAMPERED.exit;
  if (flags.json === true) out.json({ ...result, exit });
  else if (result.status === 'verified') {
    const { index, size, origin, leaf } = result;
    out.line(
      `${paint(out, 'green', 'Proved')}: entry ${index} of ${visible(origin)}, in the tree of ${size} entries.`,
    );
    out.line(visible(JSON.stringify(JSON.parse(leaf), null, 2)));
  } else out.note(`${paint(out, 'red', 'LEDGER_TAMPERED')} The proof does not hold: ${result.why}`);
  return exit;
}

async function show(context: Context, index: number): Promise<number> {
  const leaf = await leafAt(context, index);
  if (context.flags.json === true) context.out.line(leaf);
  else context.out.line(visible(JSON.stringify(JSON.parse(leaf), null, 2)));
  return 0;
}

async function leafAt(context: Context, index: number): Promise<string> {
  const { readLeaf } = await import('@spoor/ledger/verify');
  const leaf = await readLeaf(readLog(dirOf(context)), index);
  if (leaf === undefined) throw new CodedError('NOT_FOUND', `entry ${index}`);
  return leaf;
}

/**
 * Content goes to standard output as it is, when that is a file or a pipe; a terminal gets it made
 * visible.
 */
async function open(context: Context, index: number): Promise<number> {
  const { flags, out } = context;
  const path = flags.identity;
  if (typeof path !== 'string') throw new CodedError('USAGE', '--identity');
  const { openContent } = await import('@spoor/ledger/open');
  const identity = await readText(path);
  const passphrase = await passphraseFor(identity, flags);
  const opened = await openContent({
    dir: dirOf(context),
    leaf: JSON.parse(await leafAt(context, index)),
    identity,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  if (opened.status !== 'opened') throw new CodedError(opened.code, `entry ${index}`);
  for (const { part, plaintext } of opened.parts) {
    if (typeof flags.part === 'string' && flags.part !== part) continue;
    if (process.stdout.isTTY)
      out.line(
        `${paint(out, 'dim', `${part}:`)} ${visible(Buffer.from(plaintext).toString('utf8'))}`,
      );
    else process.stdout.write(plaintext);
  }
  return 0;
}

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
