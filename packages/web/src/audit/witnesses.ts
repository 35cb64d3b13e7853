import type { WitnessView } from '@spoor/core';
import { countText, dateTimeText } from '../model/words.ts';

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
