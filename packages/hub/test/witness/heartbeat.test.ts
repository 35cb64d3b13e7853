import { join } from 'node:path';
import type { LedgerView } from '@spoor/core';
import { nodeDisk } from '@spoor/ledger';
import { readLeaves } from '@spoor/ledger/verify';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { startHub } from '../support/hub.ts';

verifies(
  'witness:heartbeat',
  async () => {
    const hub = await startHub({ heartbeatMs: 100 });
    const { size } = await hub.api<LedgerView>('ledger');
    for (;;) {
      const ledger = await hub.api<LedgerView>('ledger');
      if (ledger.size >= size + 3) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await hub.stop();
    const source = { read: (path: string) => nodeDisk.read(join(hub.home.ledger, path)) };
    const kinds: string[] = [];
    for await (const { leaf } of readLeaves(source)) kinds.push(JSON.parse(leaf).kind);
    expect(kinds.filter((kind) => kind === 'heartbeat').length).toBeGreaterThanOrEqual(3);
  },
  { timeoutMs: 60_000 },
);
