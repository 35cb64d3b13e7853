import { expect, test } from 'vitest';
import { type RecordBatch, readBatch, writeBatch } from '../src/bus.ts';
import { batch, observation } from './support/build.ts';

const records = (...seqs: number[]): RecordBatch => ({
  ...batch(...seqs.map((seq) => observation(seq, { resource: 'file:\n\u2028"‹é😀›' }))),
  detections: [],
  past: [],
  connections: [{ server: 'crm', transport: 'pipe', durationMs: 5 }],
});

test.each([[[]], [[1]], [[1, 2, 3]]])('a batch comes over whole: observations %j', (seqs) => {
  const sent = records(...seqs);
  const { bodies, ...came } = readBatch(writeBatch(sent));
  expect(came).toEqual(sent);
  expect(bodies?.map((body) => JSON.parse(body) as unknown)).toEqual(sent.observations);
  expect(bodies?.join('')).toMatch(/^[ -~]*$/);
});
