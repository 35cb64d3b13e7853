import type { Setting } from '@spoor/core';

/** The sensor's settings. */
export const SENSOR_SETTINGS: readonly Setting[] = [
  {
    name: 'autostart',
    type: 'boolean',
    default: true,
    help: 'Start a hub in the background when none answers',
  },
];
