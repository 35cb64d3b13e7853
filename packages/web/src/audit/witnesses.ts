import type { WitnessView } from '@spoor/core';
import { countText, dateTimeText } from '../model/words.ts';
import type { FoundWitness, Looked } from './cosigned.ts';

/** How the witnesses of the ledger stand, as the hub tells: this page has not asked them. */
export function witnessText({ state, size, cosignedMs }: WitnessView): string {
  const entries = countText(size, 'entry', 'entries');
  const when = cosignedMs === undefined ? '' : `, last at ${dateTimeText(cosignedMs)}`;
  return {
    off: 'No witness is configured: nobody but this hub vouches for the length of the log.',
    waiting: 'No witness has answered since the hub started.',
    reached: `A quorum has cosigned ${entries}${when}.`,
    lost: `The quorum is missing. It has cosigned ${entries}${when}; later ones are unwitnessed.`,
    refused: 'A witness knows another history of this log. Keep all files as they are.',
  }[state];
}

type Witness = WitnessView['witnesses'][number];

const STATUS: Readonly<Record<Witness['status'], string>> = {
  none: 'not asked yet',
  cosigned: 'has cosigned',
  ahead: 'holds more entries than the log has',
  split: 'holds another tree',
  unknown: 'does not know this log',
  later: 'cannot be asked',
};

export const oneWitnessText = ({ name, status, why, size }: Witness): string =>
  [
    `${name}: ${STATUS[status]}`,
    ...(size === undefined ? [] : [countText(size, 'entry', 'entries')]),
    ...(why === undefined ? [] : [why]),
  ].join(', ');

/** What this page found itself. */
export interface FoundText {
  readonly tone: 'ok' | 'warn' | 'bad';
  readonly text: string;
}

export function foundText({ found }: FoundWitness): FoundText {
  if (found.kind === 'wrong') {
    return { tone: 'bad', text: 'its line under the checkpoint does not verify' };
  }
  if (found.kind === 'absent') {
    return { tone: 'warn', text: 'has not cosigned the checkpoint that the hub serves' };
  }
  const entries = countText(found.size, 'entry', 'entries');
  const when = `at ${dateTimeText(found.timeMs)}`;
  if (found.kind === 'signed') {
    const text = `has cosigned ${entries} ${when}, but this log was not found to begin with them`;
    return { tone: 'bad', text };
  }
  return found.isOld
    ? { tone: 'warn', text: `vouches for the first ${entries}, but only ${when}: that is old` }
    : { tone: 'ok', text: `vouches for the first ${entries}, ${when}` };
}

/** What there is to say of all of them together. */
export function lookedText(looked: Looked | undefined): string {
  if (looked === undefined) {
    return 'Not checked here yet: verification reads their signatures, too.';
  }
  if (looked.kind === 'failed') {
    return `Could not look: ${looked.why}. This says nothing about the witnesses.`;
  }
  if (looked.kind === 'nobody') return 'This page knows the key of no witness.';
  return looked.relied === 'you'
    ? 'Checked in this browser by the keys that you gave, and not by what the hub tells.'
    : 'Checked in this browser, with keys that the hub told.';
}
