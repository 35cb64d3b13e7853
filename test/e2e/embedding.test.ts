import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { HubView, Observation, Page, SessionDetail, SessionView } from '@spoor/core';
import { describe, expect, onTestFinished } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { until, World } from './support.ts';

interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: { readonly model: string; readonly input: string };
}

/** Words as directions: texts that share words have vectors that are near. */
const vectorOf = (text: string): number[] => {
  const vector = new Array<number>(64).fill(0.01);
  for (const word of text.toLowerCase().split(/\W+/)) {
    const at = [...word].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 64;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  return vector;
};

/** A small endpoint that speaks the embeddings API. */
async function endpoint(answer = (text: string): unknown => vectorOf(text)) {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked['body'];
      const { authorization } = request.headers;
      asked.push({ path: request.url ?? '', authorization, body });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: [{ embedding: answer(body.input) }] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

const PROMPT = 'Prepare the renewal list for Acme, canary-7f3a';

async function tell(world: World, prompt = PROMPT): Promise<void> {
  const child = world.spoor('intent');
  child.stdin.end(prompt);
  await new Promise((resolve) => child.once('exit', resolve));
}

async function calls(world: World): Promise<readonly Observation[]> {
  const { rows } = await world.api<Page<SessionView>>('sessions');
  const { observations } = await world.api<SessionDetail>(`sessions/${rows[0]?.id}`);
  return observations.filter(({ kind }) => kind === 'tool.call');
}

const count = (name: string, wanted: number) => (world: World) =>
  until(
    () => world.api<HubView>('hub'),
    ({ counts }) => (counts[name] ?? 0) >= wanted,
  );

describe('with an embedding endpoint', () => {
  verifies(
    'intent:embedding',
    async () => {
      const { asked, url } = await endpoint();
      const world = new World({ SPOOR_INTENT_EMBEDDING_URL: url });
      const keyFile = join(world.folder, 'key');
      writeFileSync(keyFile, 'sk-test\n');
      world.env.SPOOR_INTENT_EMBEDDING_KEY_FILE = keyFile;
      world.env.SPOOR_INTENT_EMBEDDING_MODEL = 'a-model';
      await world.hub();
      const crm = await connect(world, 'crm', SERVERS.crm());
      await tell(world);
      await count('embedded', 1)(world);
      await crm.call('read_entitlements');
      const [seen] = await until(
        () => calls(world),
        ([first]) => first?.outcome === 'ok',
      );
      expect(seen?.intent?.embedding).toMatch(/^[0-9a-f]{8}$/);
      expect(asked).toEqual([
        {
          path: '/v1/embeddings',
          authorization: 'Bearer sk-test',
          body: { model: 'a-model', input: PROMPT, encoding_format: 'float' },
        },
      ]);
      // A new prompt has no embedding until its own has come.
      await tell(world, 'Something else altogether');
      await count('embedded', 2)(world);
      await crm.call('read_entitlements');
      const [, second] = await until(
        () => calls(world),
        (all) => all[1]?.outcome === 'ok',
      );
      expect(second?.intent?.embedding).not.toBe(seen?.intent?.embedding);
      await crm.close();
    },
    { case: 'its cluster is on the calls that follow', timeoutMs: 60_000 },
  );

  verifies(
    'intent:embedding',
    async () => {
      const { url } = await endpoint(() => ['not', 'numbers']);
      const world = new World({ SPOOR_INTENT_EMBEDDING_URL: url });
      await world.hub();
      const crm = await connect(world, 'crm', SERVERS.crm());
      await tell(world);
      await count('embeddingsFailed', 1)(world);
      await crm.call('read_entitlements');
      const [seen] = await until(
        () => calls(world),
        ([first]) => first?.outcome === 'ok',
      );
      expect(seen?.intent?.cluster).toMatch(/^[0-9a-f]{8}$/);
      expect(seen?.intent).not.toHaveProperty('embedding');
      await crm.close();
    },
    { case: 'nonsense from it is counted and stops nothing', timeoutMs: 60_000 },
  );
});

verifies(
  'intent:stays',
  async () => {
    const { asked } = await endpoint();
    const world = new World();
    await world.hub();
    const crm = await connect(world, 'crm', SERVERS.crm());
    await tell(world);
    await crm.call('read_entitlements');
    await until(
      () => calls(world),
      ([first]) => first?.outcome === 'ok',
    );
    expect(asked).toEqual([]);
    const { counts } = await world.api<HubView>('hub');
    expect(counts).not.toHaveProperty('embedded');
    await crm.close();
  },
  { case: 'without an endpoint nothing is asked', timeoutMs: 60_000 },
);
