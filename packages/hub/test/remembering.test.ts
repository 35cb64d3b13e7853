import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CaseId, LIMITS, OBSERVE, type Observation } from '@spoor/core';
import { compileRules, createDetector, type Detector, Norms, type RuleSet } from '@spoor/detect';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import type { Loaded } from '../src/bus.ts';
import { Remembering, readRemembered } from '../src/remembering.ts';
import { replayFromMs, resume } from '../src/resume.ts';
import { Losses } from '../src/state-lost.ts';
import { observation, START_MS } from './support/build.ts';
import { temporaryFolder } from './support/folder.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
const TWICE = (span: string): string =>
  [
    `title: s\nid: ${uuid(1)}\nname: s\nlogsource: {product: mcp}\n`,
    'detection: {s: {kind: tool.call}, condition: s}\n---\n',
    `title: twice\nid: ${uuid(2)}\nname: twice\ndescription: d\nlevel: low\n`,
    `correlation: {type: event_count, rules: [s], group-by: [session], timespan: ${span}, `,
    'condition: {gte: 2}}\n',
  ].join('');
const rulesOf = (span = '1h'): RuleSet =>
  compileRules([{ path: 'x.yml', text: TWICE(span) }]).rules;
const detectorOf = (rules: RuleSet): Detector =>
  createDetector({ rules, policy: OBSERVE, newCase: () => 'c-x' as CaseId });

interface Kept {
  readonly detector: Detector;
  readonly remembering: Remembering;
  readonly source: Parameters<typeof readRemembered>[0];
  clock: { nowMs: number; seq: number };
}

function kept(path = join(temporaryFolder(), 'remembered'), rules = rulesOf()): Kept {
  const detector = detectorOf(rules);
  const clock = { nowMs: START_MS, seq: 1 };
  const source = { path, rules, version: '1.0.0' };
  const options = { ...source, detector, lastSeq: () => clock.seq, nowMs: () => clock.nowMs };
  return { detector, remembering: new Remembering(options, 0), source, clock };
}

const norms = new Norms({ lockThemselves: false, calls: 1, spanMs: 0 });
const call = (seq: number): Observation => ({
  ...observation(seq),
  kind: 'tool.call',
  outcome: 'ok',
});
const loaded = (recent: readonly Observation[]): Loaded => ({
  lastSeq: recent.at(-1)?.seq ?? 0,
  bindings: [],
  definitions: [],
  norms: [],
  recent,
});
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

describe('what a hub remembers of what rules remember', () => {
  it('is written when it ends, and goes on in the next one', async () => {
    const { detector, remembering, source } = kept();
    detector.step(call(1));
    await remembering.close();
    const remembered = readRemembered(source);
    expect(remembered?.seq).toBe(1);
    const next = {
      newDetector: () => detectorOf(source.rules),
      norms,
      sampleRate: 1,
      nowMs: START_MS,
    };
    const resumed = resume({ ...next, remembered, loaded: loaded([call(1)]), found: [] });
    // The first call was not counted again: the next one is the second.
    expect(resumed.detector.step(call(2)).detections.map(({ rule }) => rule.id)).toEqual(['twice']);
    expect(resumed).toMatchObject({ lastSeq: 1, detections: [] });
  });

  it('is written in a pause, at most once a minute, and given up where a call comes', async () => {
    const { detector, remembering, source, clock } = kept();
    detector.step(call(1));
    remembering.tick();
    remembering.tick();
    await settled();
    expect(existsSync(source.path)).toBe(false);
    clock.nowMs += 60_000;
    remembering.tick();
    // Comes while it is written.
    detector.step(call(2));
    await settled();
    expect(existsSync(source.path)).toBe(false);
    remembering.tick();
    remembering.tick();
    await expect.poll(() => readRemembered(source)?.lines.length ?? 0).toBeGreaterThan(1);
  });

  it('does not wait for a pause when much has come', async () => {
    const { detector, remembering, source, clock } = kept();
    detector.step(call(1));
    clock.seq = LIMITS.replayRowsMax / 2 + 1;
    remembering.tick();
    detector.step(call(2));
    await expect.poll(() => readRemembered(source)?.seq).toBe(clock.seq);
  });

  it('is of the same rules and program, or not used', async () => {
    const { detector, remembering, source } = kept();
    detector.step(call(1));
    await remembering.close();
    expect(readRemembered({ ...source, rules: rulesOf('2h') })).toBeUndefined();
    expect(readRemembered({ ...source, version: '2.0.0' })).toBeUndefined();
    writeFileSync(source.path, '{"seq":');
    expect(readRemembered(source)).toBeUndefined();
  });

  it('leaves no byte when content is shredded, and is written anew', async () => {
    const { detector, remembering, source } = kept();
    detector.step(call(1));
    await remembering.close();
    remembering.destroy();
    expect(existsSync(source.path)).toBe(false);
    await remembering.close();
    expect(readFileSync(source.path, 'utf8')).toContain('"kind":"group"');
  });
});

describe('how far back a restarted hub looks', () => {
  const HOUR_MS = 3_600_000;

  it('is as far as the rules remember, or to what was kept', () => {
    const at = (span: string, keptMs?: number): number =>
      START_MS -
      replayFromMs(
        rulesOf(span),
        keptMs === undefined ? undefined : { seq: 1, atMs: START_MS - keptMs, lines: [] },
        START_MS,
      );
    expect(at('1m')).toBe(HOUR_MS);
    expect(at('1d')).toBe(24 * HOUR_MS + LIMITS.clockSkewMaxMs);
    expect(at('1d', 1_000)).toBe(HOUR_MS);
    expect(at('1d', 5 * HOUR_MS)).toBe(5 * HOUR_MS + LIMITS.clockSkewMaxMs);
    expect(at('1d', 90 * HOUR_MS)).toBe(24 * HOUR_MS + LIMITS.clockSkewMaxMs);
  });
});

describe('loss', () => {
  const next = { newDetector: () => detectorOf(rulesOf()), norms, sampleRate: 1, nowMs: START_MS };
  const said = (records: ReturnType<Losses['of']>): readonly unknown[] =>
    records.map(({ detection: { rule, group, path } }) => [
      rule.id,
      group.by,
      path[0]?.matched.lost,
    ]);

  verifies('state:lost', () => {
    const detector = createDetector({
      rules: rulesOf(),
      policy: OBSERVE,
      newCase: () => 'c-x' as CaseId,
      limits: { ruleGroupsMax: 3 },
    });
    const losses = new Losses();
    const step = (n: number): void => {
      const session = { id: `s${n}` as Observation['session']['id'], episode: 1 };
      detector.step({ ...call(n), session });
    };
    for (let n = 0; n < 3; n++) step(n);
    expect(losses.of(detector.stats(), START_MS)).toEqual([]);
    for (let n = 3; n < 5; n++) step(n);
    const first = [['state-lost', 'the limit of groups', '2']];
    expect(said(losses.of(detector.stats(), START_MS))).toEqual(first);
    step(5);
    // Not every second.
    expect(losses.of(detector.stats(), START_MS + 1_000)).toEqual([]);
    const later = [['state-lost', 'the limit of groups', '1']];
    expect(said(losses.of(detector.stats(), START_MS + 600_000))).toEqual(later);
  });

  verifies(
    'state:lost',
    () => {
      const many = Array.from({ length: LIMITS.replayRowsMax }, (_, i) => ({
        ...observation(i + 100),
        kind: 'system' as const,
      }));
      const resumed = resume({ ...next, remembered: undefined, loaded: loaded(many), found: [] });
      expect(said(resumed.detections)).toEqual([['state-lost', 'a restart', '99']]);
      const torn = { seq: 7, atMs: START_MS, lines: ['{"kind":"group"'] };
      const again = resume({ ...next, remembered: torn, loaded: loaded([]), found: [] });
      expect(said(again.detections)).toEqual([['state-lost', 'a file that cannot be read', '1']]);
    },
    { case: 'at a restart' },
  );
});
