import type { LogSource } from '@spoor/ledger/verify';
import { ApiError } from '../api/client.ts';

/** Reads the published log from the hub; whatever it answers is checked, not believed. */
export const hubLog: LogSource = {
  async read(path) {
    const response = await fetch(`/ledger/${path}`, { credentials: 'same-origin' }).catch(() => {
      throw new ApiError(0, 'UNREACHABLE', 'The hub does not answer');
    });
    if (response.status === 404 || response.status === 204) return undefined;
    if (!response.ok) {
      throw new ApiError(response.status, `HTTP_${response.status}`, `The hub refused ${path}`);
    }
    return new Uint8Array(await response.arrayBuffer());
  },
};
