import { ALLOW, CodedError, type Observation, systemRandom } from '@spoor/core';
import { beforeEach, expect, test } from 'vitest';
import { LiveStream } from '../src/api/live.ts';
import type { RecordBatch } from '../src/bus.ts';
import { Recorder } from '../src/recorder.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import type { Batch, Store } from '../src/store/store.ts';
import { batch, detection, observation, START_MS } from './support/build.ts';

let store: Store;
let live: LiveStream;
/** Says whether the store refuses; replaced by tests. */
let refuses: (what: 'append' | 'alert', given?: Batch) => boolean;

beforeEach(() => {
  const real = openSqliteStore(':memory:');
  refuses = () => false;
  const guard = (what: 'append' | 'alert', given?: Batch): void => {
    if (refuses(what, given)) throw new CodedError('STORE_UNAVAILABLE');
  };
  const { append, saveAlert } = real;
  store = Object.assign(real, {
    append: (given: Batch) => {
      guard('append', given);
      append.call(real, given);
    },
    saveAlert: (...given: Parameters<Store['saveAlert']>) => {
      guard('alert');
      saveAlert.apply(real, given);
    },
  });
  live = new LiveStream(START_MS);
  return () => real.close();
});

const newRecorder = (exportSpans?: (observations: readonly Observation[]) => void): Recorder =>
  new Recorder({
    store,
    live,
    random: systemRandom,
    ...(exportSpans === undefined ? {} : { exportSpans }),
  });

const records = (call: Observation, isDetected = false): RecordBatch => ({
  ...batch(call),
  past: [],
  connections: [],
  detections: isDetected ? [{ detection: detection(call), decision: ALLOW }] : [],
});

const storedSeqs = (): number[] => store.replay(0, 100_000).map(({ seq }) => seq);

test('stores, shows and exports', async () => {
  const exported: number[] = [];
  const reader = live.open(undefined)?.getReader();
  newRecorder((all) => exported.push(...all.map(({ seq }) => seq))).record(
    records(observation(1), true),
  );
  expect(storedSeqs()).toEqual([1]);
  expect(store.alerts({ open: true, limit: 9 })).toHaveLength(1);
  expect(exported).toEqual([1]);
  const shown: string[] = [];
  for (let n = 0; n < 3; n++) shown.push(new TextDecoder().decode((await reader?.read())?.value));
  expect(shown.join('')).toContain('"type":"observation"');
  expect(shown.join('')).toContain('"type":"alert"');
  // A fingerprint.
  expect(shown.join('')).not.toContain('0123456789abcdef');
});

test('what the store refuses waits, counted, and is stored when the store is back', () => {
  const exported: number[] = [];
  const recorder = newRecorder((all) => exported.push(...all.map(({ seq }) => seq)));
  refuses = () => true;
  recorder.record(records(observation(1), true));
  recorder.record(records(observation(2)));
  expect(recorder.waiting).toBe(2);
  expect(recorder.counts.storeFailures).toBeGreaterThan(0);
  expect(exported).toEqual([1, 2]);
  refuses = () => false;
  recorder.retry();
  expect(storedSeqs()).toEqual([1, 2]);
  expect(store.alerts({ open: true, limit: 9 })).toHaveLength(1);
  expect(recorder.waiting).toBe(0);
  expect(recorder.counts.unstored).toBe(0);
});

test('an alert that fails is raised later, once', () => {
  const recorder = newRecorder();
  refuses = (what) => what === 'alert';
  recorder.record(records(observation(1), true));
  recorder.retry();
  expect(storedSeqs()).toEqual([1]);
  refuses = () => false;
  recorder.retry();
  recorder.retry();
  expect(store.alerts({ open: true, limit: 9 })).toMatchObject([{ count: 1 }]);
});

test('a batch that never fits does not hold up the others', () => {
  const recorder = newRecorder();
  refuses = (_, given) => given?.observations.some(({ seq }) => seq === 1) === true;
  for (const seq of [1, 2, 3, 4]) recorder.record(records(observation(seq)));
  recorder.retry();
  expect(storedSeqs()).toEqual([2, 3, 4]);
  expect(recorder.waiting).toBe(1);
});

test('an outage beyond the limit loses the oldest, and says how many', () => {
  const recorder = newRecorder();
  refuses = () => true;
  const rows = (from: number): RecordBatch => ({
    ...batch(...Array.from({ length: 4_000 }, (_, n) => observation(from + n))),
    detections: [],
    past: [],
    connections: [],
  });
  for (const from of [1, 4_001, 8_001]) recorder.record(rows(from));
  expect(recorder.counts.unstored).toBe(4_000);
  expect(recorder.waiting).toBe(8_000);
  refuses = () => false;
  recorder.retry();
  expect(storedSeqs()).toHaveLength(8_000);
});

test('an exporter that fails costs no record', () => {
  const recorder = newRecorder(() => {
    throw new Error('broken');
  });
  recorder.record(records(observation(1)));
  expect(storedSeqs()).toEqual([1]);
  expect(recorder.counts.exportFaults).toBe(1);
});
