import { CodedError, type Label } from '@spoor/core';
import { locateHome } from '@spoor/edge/home';
import { type Ask, type EvidenceReader, openHubReaders, type TraceQuery } from '@spoor/query';
import { expect, onTestFinished } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { until, World } from './support.ts';

const ask = (): Ask => ({ signal: AbortSignal.timeout(60_000) });

const codeOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'none',
    (error: unknown) => (error instanceof CodedError ? error.code : error),
  );

/** Its proof is made from the published log. */
async function provedEntry(evidence: EvidenceReader, id: string): Promise<void> {
  const call = await evidence.call(id, ask());
  const index = call?.ledger[0]?.index ?? -1;
  const entry = await until(
    () => evidence.entry(index, ask()),
    (one) => one !== undefined,
  );
  expect(entry).toMatchObject({ index, state: 'proved', witness: 'off' });
  expect(entry?.leafHash).toBe(call?.ledger[0]?.leafHash);
  expect(await evidence.entry(1_000_000, ask())).toBeUndefined();
}

verifies(
  'backends:hub',
  async () => {
    const world = new World();
    const { traces, evidence } = openHubReaders(locateHome(world.env));
    onTestFinished(() => traces.close());
    expect(await codeOf(traces.services(ask()))).toBe('HUB_UNREACHABLE');
    await world.hub('--mode', 'enforce');
    expect(await traces.services(ask())).toEqual([]);

    const crm = await connect(world, 'crm', SERVERS.crm());
    const drive = await connect(world, 'drive', SERVERS.drive());
    const { data } = await crm.call('query_customer_pii', {});
    const share = { name: 'list', content: JSON.stringify(data) };
    expect((await drive.call('create_shareable_link', share)).isError).toBe(true);

    const { rows } = await until(
      () => evidence.sessions(10, undefined, ask()),
      (page) => page.rows.some(({ denied }) => denied === 1),
    );
    const [session] = rows;
    const detail = await evidence.session(session?.id ?? '', ask());
    const read = detail?.observations.find(({ tool }) => tool?.name === 'query_customer_pii');
    const alerted = detail?.alerts.map(({ rule }) => rule.id);
    expect(alerted).toContain('data-access-then-egress');

    // As traces.
    expect(await traces.services(ask())).toEqual(['crm', 'drive']);
    expect(await traces.operations('crm', ask())).toContain('tools/call query_customer_pii');
    const found = await traces.trace(read?.trace.trace ?? '', ask());
    expect(found?.spans.find(({ name }) => name.endsWith('query_customer_pii'))).toMatchObject({
      service: 'crm',
      kind: 'client',
      status: 'unset',
      span: read?.trace.span,
    });
    expect(await traces.trace('a'.repeat(32), ask())).toBeUndefined();
    const query: TraceQuery = {
      service: 'drive',
      tags: { error: 'true' },
      startMs: Date.now() - 3_600_000,
      endMs: Date.now(),
      limit: 20,
    };
    const denied = await traces.traces(query, ask());
    expect(denied.map(({ trace }) => trace)).toEqual([read?.trace.trace]);
    expect(
      await traces.traces({ ...query, tags: { error: 'false' }, service: 'x' }, ask()),
    ).toEqual([]);
    expect(await codeOf(traces.dependencies(0, 0, ask()))).toBe('BACKEND_CANNOT');

    // As evidence.
    const [alert] = (await evidence.alerts('open', 10, ask())).rows;
    expect(await evidence.alert(alert?.id ?? '', ask())).toEqual(alert);
    expect(await evidence.alert('none', ask())).toBeUndefined();
    expect(await evidence.session('none', ask())).toBeUndefined();
    expect(alert?.rule.id).toBe('data-access-then-egress');
    const { rules, problems } = await evidence.rules(ask());
    expect([rules.length > 50, problems]).toEqual([true, []]);
    const { servers } = await evidence.inventory(ask());
    expect(servers.map(({ name }) => name).sort()).toEqual(['crm', 'drive']);
    const again = await evidence.backtest({ rule: 'data-access-then-egress' }, ask());
    expect(again.rules.map(({ id, hits }) => [id, hits])).toEqual([['data-access-then-egress', 1]]);
    const steps: Label[] = ['reads-pii', 'shares-externally'];
    const chain = await evidence.chain({ steps, withinMs: 3_600_000 }, ask());
    expect(chain.rules.find(({ id }) => id === 'asked-chain')).toMatchObject({ hits: 1 });
    const other = await evidence.chain({ steps: steps.toReversed(), withinMs: 3_600_000 }, ask());
    expect(other.rules.find(({ id }) => id === 'asked-chain')).toMatchObject({ hits: 0 });

    await provedEntry(evidence, read?.id ?? '');
    await Promise.all([crm.close(), drive.close()]);
  },
  { timeoutMs: 120_000 },
);

verifies(
  'backends:refused',
  async () => {
    // Nothing is asked of a hub: there is none, and that would be another error.
    const { traces, evidence } = openHubReaders(locateHome(new World().env));
    onTestFinished(() => traces.close());
    const bad = ['../alerts', '..%2falerts', 'a/b', 'a?b', 'a\nb', '', 'x'.repeat(200)];
    for (const id of bad) {
      expect(await codeOf(evidence.session(id, ask())), id).toBe('QUESTION_INVALID');
      expect(await codeOf(evidence.call(id, ask())), id).toBe('QUESTION_INVALID');
      expect(await codeOf(evidence.alert(id, ask())), id).toBe('QUESTION_INVALID');
      expect(await codeOf(traces.trace(id, ask())), id).toBe('QUESTION_INVALID');
    }
    const steps = ['reads-pii', 'egress }\n---\ntitle: x'] as unknown as Label[];
    expect(await codeOf(evidence.chain({ steps, withinMs: 1_000 }, ask()))).toBe(
      'QUESTION_INVALID',
    );
    expect(await codeOf(traces.services({ ...ask(), tenant: '0:0' }))).toBe('QUESTION_INVALID');
  },
  { case: 'of the hub' },
);
