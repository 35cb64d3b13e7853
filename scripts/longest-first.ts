import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, as measured on two cores; a fresh clone remembers no times of its own. */
export const LONGEST: readonly string[] = [
  'test/conformance/conformance.test.ts',
  'test/e2e/evidence.test.ts',
  'test/conformance/clients.test.ts',
  'test/conformance/authorization.test.ts',
  'test/e2e/vault/shred.test.ts',
  'test/conformance/inprocess.test.ts',
  'test/e2e/enrol.test.ts',
  'packages/hub/test/remote/door.test.ts',
  'test/e2e/survive.test.ts',
  'test/e2e/ui-access.test.ts',
  'test/e2e/approve.test.ts',
  'test/e2e/demo.test.ts',
  'test/e2e/badinput.test.ts',
  'test/e2e/witnessed.test.ts',
  'test/e2e/stop.test.ts',
  'test/e2e/chain.test.ts',
  'test/e2e/hooks.test.ts',
  'packages/hub/test/ingest/http.test.ts',
  'test/e2e/init.test.ts',
  'test/outside/witness.test.ts',
  'test/e2e/identity.test.ts',
  'test/quiet.test.ts',
  'test/e2e/vault/coverage.test.ts',
  'packages/ledger/test/sim/sim.test.ts',
  'test/e2e/versions.test.ts',
  'test/e2e/reports.test.ts',
  'test/e2e/mask.test.ts',
  'test/e2e/gateway.test.ts',
  'test/e2e/exceptions.test.ts',
  'test/e2e/pack.test.ts',
  'test/e2e/root.test.ts',
  'test/e2e/ui.test.ts',
  'test/e2e/wrap-url.test.ts',
  'test/e2e/killed.test.ts',
  'packages/hub/test/identify/identified.test.ts',
  'packages/hub/test/ingest/foreign.test.ts',
  'test/e2e/ui-asks.test.ts',
  'test/evasions.test.ts',
  'test/e2e/init-remote.test.ts',
  'test/e2e/ui-live.test.ts',
  'test/e2e/witness.test.ts',
  'packages/hub/test/ingest/grpc.test.ts',
  'test/e2e/elicit.test.ts',
  'test/e2e/ui-hostile.test.ts',
  'test/e2e/rules-list.test.ts',
  'test/e2e/inprocess.test.ts',
  'packages/ledger/test/prune.test.ts',
  'test/e2e/asks.test.ts',
  'test/e2e/labels.test.ts',
  'test/e2e/both-ends.test.ts',
  'test/e2e/content-rules.test.ts',
  'test/e2e/ui-witness.test.ts',
  'test/e2e/baselines.test.ts',
  'packages/ledger/test/open/open.test.ts',
  'test/outside/sigstore.test.ts',
  'test/e2e/fail.test.ts',
  'test/e2e/sampling.test.ts',
  'test/e2e/prune.test.ts',
  'examples/demo/host.test.ts',
  'test/e2e/wrap.test.ts',
  'test/e2e/stop-elsewhere.test.ts',
  'test/e2e/keys.test.ts',
  'test/outside/pysigma.test.ts',
  'packages/ledger/test/vault/shred.test.ts',
];

const ROOT = join(import.meta.dirname, '..');
const RANK: ReadonlyMap<string, number> = new Map(
  LONGEST.map((path, at) => [join(ROOT, path), at]),
);

/** Begins with what takes longest, so that no worker waits long for the last of another. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => RANK.get(moduleId) ?? LONGEST.length;
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
