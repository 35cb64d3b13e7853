import { type Stats, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Home, readRecipients } from '@spoor/edge/home';
import { checkByPlatform } from '@spoor/ledger';
import { verifyManifest } from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { paint } from '../../output.ts';
import { textOf, verifierKeyPath } from './files.ts';
import { timeFault } from './manifest.ts';

interface KeyState {
  readonly key: string;
  readonly state: 'ok' | 'missing' | 'wrong';
  /** In plain words. */
  readonly say: string;
  readonly path?: string;
  readonly ageMs?: number;
}

const HOUR_MS = 3_600_000;
/** A key of an epoch is replaced each day while a hub runs. */
const EPOCH_OLD_MS = 36 * HOUR_MS;

/** Nothing secret is read or shown. Always ends with 0: missing keys are a choice, not an error. */
export async function status({ flags, home, out }: Context): Promise<number> {
  const states = [
    auditors(home),
    rootKey(home),
    manifestState(home),
    logKey(home),
    await epoch(home),
  ];
  if (flags.json === true) {
    out.json({ recipients: readRecipients(home), keys: states });
    return 0;
  }
  const colours = { ok: 'green', missing: 'yellow', wrong: 'red' } as const;
  for (const { key, state, say, path } of states) {
    out.line(`${paint(out, colours[state], state.padEnd(8))}${key.padEnd(14)}${say}`);
    if (path !== undefined) out.line(paint(out, 'dim', `${' '.repeat(22)}${path}`));
  }
  return 0;
}

function auditors(home: Home): KeyState {
  const recipients = readRecipients(home);
  const { length } = recipients;
  if (length === 0) {
    const say = 'Contents are not sealed: only facts and projections are kept. `spoor keys init`';
    return { key: 'auditors', state: 'missing', say };
  }
  const say = `Contents are sealed to ${recipients.join(' and ')}`;
  const hint =
    length === 1 ? '. There is no recovery recipient: a loss of the identity is final' : '';
  return { key: 'auditors', state: 'ok', say: say + hint, path: home.recipients };
}

function rootKey(home: Home): KeyState {
  const key = textOf(home.rootKey)?.trim();
  if (key === undefined) {
    const say = 'Nobody but this machine vouches for its keys. `spoor keys root`';
    return { key: 'root', state: 'missing', say };
  }
  return {
    key: 'root',
    state: 'ok',
    say: `${key}, pinned; its secret is elsewhere`,
    path: home.rootKey,
  };
}

function manifestState(home: Home): KeyState {
  const [note, root] = [textOf(home.manifest), textOf(home.rootKey)?.trim()];
  const key = 'manifest';
  if (note === undefined) {
    const say = 'No root key has vouched for the keys of this log. `spoor keys manifest sign`';
    return { key, state: 'missing', say };
  }
  const path = home.manifest;
  const result = verifyManifest(note, root ?? '', checkByPlatform);
  if (result.status === 'unverified') return { key, state: 'wrong', say: result.why, path };
  const { manifest } = result;
  const until = new Date(manifest.untilMs).toISOString().slice(0, 10);
  const known = [...manifest.auditors, ...manifest.recovery];
  const strangers = readRecipients(home).filter((one) => !known.includes(one));
  const wrong =
    timeFault(manifest, Date.now()) !== undefined
      ? `it held until ${until}`
      : manifest.log !== textOf(verifierKeyPath(home))?.trim()
        ? 'it names another key of the log than the one that is here'
        : strangers.length > 0
          ? `it does not name ${strangers.join(', ')}, to whom contents are sealed`
          : undefined;
  if (wrong !== undefined) return { key, state: 'wrong', say: wrong, path };
  return { key, state: 'ok', say: `Serial ${manifest.serial}, holds until ${until}`, path };
}

function logKey(home: Home): KeyState {
  const path = join(home.ledgerState, 'log.key');
  const found = statOf(path);
  const verifierKey = textOf(verifierKeyPath(home))?.trim();
  if (found !== undefined) {
    const say = `Signs the checkpoints: ${verifierKey ?? 'its public half is written by the hub'}`;
    return { key: 'log', state: 'ok', say, path, ageMs: Date.now() - found.mtimeMs };
  }
  if (verifierKey === undefined) {
    return { key: 'log', state: 'missing', say: 'There is no log yet: the hub makes it' };
  }
  const say = 'Lost. `spoor keys manifest sign --new-log-key --root-key F` closes it with another';
  return { key: 'log', state: 'wrong', say, path };
}

async function epoch(home: Home): Promise<KeyState> {
  const names = await readdir(home.ledgerState).catch(() => []);
  const newest = names
    .flatMap((name) => /^epoch-(\d+)\.key$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
    .at(-1);
  if (newest === undefined) {
    return { key: 'epoch', state: 'missing', say: 'No epoch has begun here' };
  }
  const path = join(home.ledgerState, `epoch-${newest}.key`);
  const ageMs = Date.now() - (statOf(path)?.mtimeMs ?? Date.now());
  const hours = Math.floor(ageMs / HOUR_MS);
  const say = `Number ${newest}, ${hours === 0 ? 'less than an hour' : `${hours} hours`} old`;
  const old = ageMs > EPOCH_OLD_MS ? '; a running hub replaces it each day' : '';
  return { key: 'epoch', state: 'ok', say: say + old, path, ageMs };
}

const statOf = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });
