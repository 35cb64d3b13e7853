import { readFileSync } from 'node:fs';
import { systemClock } from '@spoor/core';
import { readTrust } from '@spoor/edge/identity';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

test('the trust file of the documents is one', async () => {
  const text = readFileSync(new URL('../../../../docs/identity.md', import.meta.url), 'utf8');
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  const trust = readTrust(parse(yaml), 'docs/identity.md', systemClock);
  expect([...trust.issuers.values()].map(({ kind }) => kind)).toEqual([
    'idp',
    'txn-service',
    'orchestrator',
    'spiffe',
  ]);
  expect([...trust.machines]).toEqual(['build-host']);
  expect(trust.require.get('financial')).toBe('verified');
  await trust.close();
});
