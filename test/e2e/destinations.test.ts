import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HealthView, HubView } from '@spoor/core';
import { expect, test } from 'vitest';
import { decodeSpans } from '../../packages/hub/test/support/otlp.ts';
import { verifies } from '../verifies.ts';
import { type Collector, collector } from './collector.ts';
import { connect, SERVERS } from './host.ts';
import { until, World } from './support.ts';

const TOKEN = 'sesame-7c1d';

const namesIn = ({ bodies }: Collector): string[] =>
  bodies.flatMap(decodeSpans).map(({ name }) => name);

verifies(
  'export:health',
  async () => {
    const world = new World();
    const whole = await collector();
    const nameless = await collector();
    const file = join(world.folder, 'to.yaml');
    writeFileSync(join(world.folder, 'token'), TOKEN);
    writeFileSync(
      file,
      `destinations:
  - { name: nameless, endpoint: "${nameless.url}", attributes: { drop: [gen_ai.tool.name] } }
  - { name: gone, endpoint: "http://127.0.0.1:1/hidden-path", token-file: token }
`,
    );
    await world.hub('--otlp-endpoint', whole.url, '--otlp-destinations', file);
    const crm = await connect(world, 'crm', SERVERS.crm());
    await crm.call('query_customer_pii', {});
    await until(
      () => [namesIn(whole), namesIn(nameless)],
      ([all, some]) =>
        all?.includes('tools/call query_customer_pii') === true &&
        some?.includes('tools/call') === true,
    );
    expect(nameless.bytes().toString('latin1')).not.toContain('query_customer_pii');

    const health = await until(
      () => world.api<HealthView>('health'),
      ({ destinations }) => destinations.every(({ state }) => state !== 'idle'),
    );
    expect(health.ok).toBe(false);
    expect(health.destinations).toMatchObject([
      { name: 'otlp', state: 'well', origin: whole.url },
      { name: 'nameless', state: 'well', dropped: 0 },
      { name: 'gone', state: 'waits', lastFailure: 'OUTBOUND_FAILED', sent: 0 },
    ]);

    const json = JSON.parse(world.call('hub', 'status', '--json').stdout) as HubView;
    expect(json.destinations.map(({ name }) => name)).toEqual(['otlp', 'nameless', 'gone']);
    const { stdout } = world.call('hub', 'status');
    expect(stdout).toMatch(/^Export {4}otlp at http:\S+: well, \d+ sent$/m);
    expect(stdout).toMatch(/^Export {4}gone at http:\S+: waits \(OUTBOUND_FAILED\), .*spooled$/m);
    for (const shown of [stdout, JSON.stringify([health, json])]) {
      expect(shown).not.toContain(TOKEN);
      expect(shown).not.toContain('hidden-path');
    }
    await crm.close();
  },
  { case: 'of a running hub', timeoutMs: 60_000 },
);

test('a mistake in the file of destinations stops the start and is named', () => {
  const world = new World();
  const file = join(world.folder, 'to.yaml');
  writeFileSync(file, 'destinations:\n  - nme: a\n');
  const { code, stderr } = world.call('hub', 'start', '--otlp-destinations', file);
  expect(code).toBe(2);
  expect(stderr).toContain(`DESTINATIONS_INVALID`);
  expect(stderr).toContain('to.yaml:2:5: unknown key “nme”; did you mean “name”?');
});
